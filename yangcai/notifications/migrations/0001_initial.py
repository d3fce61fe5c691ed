import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("parties", "0003_other_libraries"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(verbose_name="种类")),
                ("root", models.TextField(verbose_name="所属")),
                ("subject", models.TextField(verbose_name="对象")),
                ("action", models.TextField(blank=True, default="", verbose_name="办理事项")),
                ("role", models.TextField(blank=True, default="", verbose_name="角色")),
                ("organisation_id", models.BigIntegerField(null=True, verbose_name="单位编号")),
                ("facts", models.JSONField(verbose_name="内容")),
                ("ground", models.TextField(verbose_name="由来")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("read_at", models.DateTimeField(null=True, verbose_name="已读时间")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="messages",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "消息",
            },
        ),
        migrations.CreateModel(
            name="Outgoing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "channel",
                    models.TextField(
                        choices=[("centre", "消息中心"), ("email", "电子邮件"), ("sms", "短信"), ("im", "即时消息")],
                        verbose_name="通道",
                    ),
                ),
                ("address", models.TextField(verbose_name="收件地址")),
                ("letter_id", models.TextField(unique=True, verbose_name="外发标识")),
                ("next_at", models.DateTimeField(verbose_name="下次发送时间")),
                ("begun_at", models.DateTimeField(null=True, verbose_name="开始发送时间")),
                ("attempts", models.PositiveSmallIntegerField(default=0, verbose_name="发送次数")),
                ("sent_at", models.DateTimeField(null=True, verbose_name="发出时间")),
                ("given_up_at", models.DateTimeField(null=True, verbose_name="放弃时间")),
                ("error", models.TextField(blank=True, default="", verbose_name="最近的差错")),
                ("receipt", models.TextField(blank=True, default="", verbose_name="网关回执")),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outgoing",
                        to="notifications.message",
                        verbose_name="消息",
                    ),
                ),
            ],
            options={
                "verbose_name": "外发消息",
            },
        ),
        migrations.CreateModel(
            name="Wishes",
            fields=[
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="wishes",
                        serialize=False,
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
                ("language", models.TextField(default="zh-hans", verbose_name="通知语言")),
                ("quiet_from", models.TimeField(blank=True, null=True, verbose_name="免打扰起")),
                ("quiet_to", models.TimeField(blank=True, null=True, verbose_name="免打扰止")),
                ("mobile", models.TextField(blank=True, default="", verbose_name="手机号码")),
                ("im_account", models.TextField(blank=True, default="", verbose_name="即时消息账号")),
            ],
            options={
                "verbose_name": "通知偏好",
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("quiet_from__isnull", True), ("quiet_to__isnull", True)),
                            models.Q(("quiet_from__isnull", False), ("quiet_to__isnull", False)),
                            _connector="OR",
                        ),
                        name="quiet_hours_have_both_ends",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Choice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kind", models.TextField(verbose_name="种类")),
                (
                    "channel",
                    models.TextField(
                        choices=[("centre", "消息中心"), ("email", "电子邮件"), ("sms", "短信"), ("im", "即时消息")],
                        verbose_name="通道",
                    ),
                ),
                ("is_on", models.BooleanField(verbose_name="接收")),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="人员",
                    ),
                ),
            ],
            options={
                "verbose_name": "通知选择",
                "constraints": [
                    models.UniqueConstraint(fields=("person", "kind", "channel"), name="one_choice_per_channel")
                ],
            },
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["person", "-at", "-id"], name="message_of_person"),
        ),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("read_at__isnull", True)), fields=["person", "-at", "-id"], name="unread_message"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(fields=("person", "ground"), name="one_message_per_ground"),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("given_up_at__isnull", True), ("sent_at__isnull", True)),
                fields=["next_at"],
                name="outgoing_to_send",
            ),
        ),
        migrations.AddIndex(
            model_name="outgoing",
            index=models.Index(
                condition=models.Q(("given_up_at__isnull", False)), fields=["given_up_at"], name="outgoing_given_up"
            ),
        ),
        migrations.AddConstraint(
            model_name="outgoing",
            constraint=models.UniqueConstraint(fields=("message", "channel"), name="one_outgoing_per_channel"),
        ),
    ]
