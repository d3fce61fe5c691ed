from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "posts.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0014_reminders"),
        ("parties", "0004_editor_and_contacts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Credential",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.TextField(
                        choices=[
                            ("licence", "营业执照"),
                            ("finance", "财务状况报告"),
                            ("tax", "纳税证明"),
                            ("social_security", "社会保障资金缴纳证明"),
                            ("ability", "设备和专业技术能力证明"),
                            ("permit", "行政许可或者资质证书"),
                            ("certification", "产品或者体系认证证书"),
                            ("authorisation", "授权委托书"),
                            ("other", "其他"),
                        ],
                        verbose_name="种类",
                    ),
                ),
                ("title", models.TextField(verbose_name="名称")),
                ("number", models.TextField(blank=True, default="", verbose_name="证书编号")),
                ("issuer", models.TextField(blank=True, default="", verbose_name="发证机关")),
                ("valid_from_on", models.DateField(blank=True, null=True, verbose_name="有效期起")),
                ("valid_to_on", models.DateField(blank=True, null=True, verbose_name="有效期止")),
                ("kept_at", models.DateTimeField(verbose_name="存入时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤出时间")),
                ("warned_days", models.PositiveSmallIntegerField(null=True, verbose_name="提醒到期时剩余天数")),
            ],
            options={
                "verbose_name": "资质",
            },
        ),
        migrations.CreateModel(
            name="Invitation",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="摘要")),
                ("made_at", models.DateTimeField(verbose_name="发出时间")),
                ("expires_at", models.DateTimeField(verbose_name="失效时间")),
                ("used_at", models.DateTimeField(null=True, verbose_name="使用时间")),
            ],
            options={
                "verbose_name": "邀请",
            },
        ),
        migrations.RemoveConstraint(
            model_name="post",
            name="one_post_per_role",
        ),
        migrations.AddField(
            model_name="person",
            name="employer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="people",
                to="parties.organisation",
                verbose_name="所在单位",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="delegated_from",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="delegated_to",
                to="parties.post",
                verbose_name="委托人岗位",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="recalled_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="收回时间"),
        ),
        migrations.AlterField(
            model_name="post",
            name="role",
            field=models.TextField(
                choices=[
                    ("buyer_officer", "采购人经办"),
                    ("buyer_reviewer", "采购人审核"),
                    ("agent", "代理机构"),
                    ("supplier", "供应商"),
                    ("expert", "评审专家"),
                    ("treasury", "财政监管"),
                    ("treasury_payer", "国库支付"),
                    ("auditor", "审计纪检"),
                    ("editor", "门户编辑"),
                    ("platform", "平台运维"),
                    ("administrator", "单位管理员"),
                ],
                verbose_name="角色",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("recalled_at__isnull", True)),
                fields=("person", "organisation", "role", "from_on"),
                name="one_post_per_role",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="document",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, to="kernel.document", verbose_name="文件"
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="organisation",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="credentials",
                to="parties.organisation",
                verbose_name="主体",
            ),
        ),
        migrations.AddField(
            model_name="credential",
            name="replaces",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="replaced_by",
                to="parties.credential",
                verbose_name="替换的资质",
            ),
        ),
        migrations.AddField(
            model_name="invitation",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="invitations",
                to=settings.AUTH_USER_MODEL,
                verbose_name="人员",
            ),
        ),
        migrations.AddIndex(
            model_name="credential",
            index=models.Index(
                condition=models.Q(("valid_to_on__isnull", False), ("withdrawn_at__isnull", True)),
                fields=["valid_to_on"],
                name="credential_by_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="credential",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_from_on__isnull", True),
                    ("valid_to_on__isnull", True),
                    ("valid_to_on__gte", models.F("valid_from_on")),
                    _connector="OR",
                ),
                name="credential_ends_after_it_begins",
            ),
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
