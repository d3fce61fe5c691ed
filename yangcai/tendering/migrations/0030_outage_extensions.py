import django.db.models.deletion
from django.db import migrations, models

STAGES = [
    ("preparation", "采购准备"),
    ("justification", "论证公示"),
    ("invitation", "发布公告"),
    ("submission", "投标"),
    ("opening", "开标"),
    ("qualification", "资格审查"),
    ("evaluation", "评审"),
    ("dialogue", "谈判磋商"),
    ("final_offer", "最后报价"),
    ("award", "定标"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_award_fall"),
        ("kernel", "0012_health_journal"),
        ("parties", "0002_expert_library"),
        ("tendering", "0029_bytes_of_an_upload"),
    ]
    operations = [
        migrations.CreateModel(
            name="OutageExtension",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("stage", models.TextField(choices=STAGES, verbose_name="环节")),
                ("old_closes_at", models.DateTimeField(verbose_name="原截止时间")),
                ("new_closes_at", models.DateTimeField(verbose_name="新截止时间")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="cases.case",
                        verbose_name="采购项目",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.lot",
                        verbose_name="采购包",
                    ),
                ),
                (
                    "outage",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="extensions",
                        to="kernel.outage",
                        verbose_name="停机",
                    ),
                ),
            ],
            options={
                "verbose_name": "停机顺延",
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "lot", "stage", "outage"),
                        name="one_extension_per_outage",
                        nulls_distinct=False,
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("new_closes_at__gt", models.F("old_closes_at"))),
                        name="extension_only_postpones",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExtensionReceipt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("received_at", models.DateTimeField(verbose_name="确认收到时间")),
                (
                    "extension",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="receipts",
                        to="tendering.outageextension",
                        verbose_name="停机顺延",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                        verbose_name="供应商",
                    ),
                ),
            ],
            options={
                "verbose_name": "顺延回执",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("extension", "supplier"), name="one_receipt_per_extension_and_supplier"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Maintenance",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="结束")),
                ("what", models.TextField(verbose_name="维护内容")),
                ("protected", models.DurationField(verbose_name="截止前的保护时间")),
                ("announced_at", models.DateTimeField(verbose_name="公布时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                        verbose_name="运维单位",
                    ),
                ),
            ],
            options={
                "verbose_name": "计划维护",
                "ordering": ["begins_at", "id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("begins_at__gte", models.F("announced_at")), ("ends_at__gt", models.F("begins_at"))
                        ),
                        name="maintenance_is_announced_beforehand",
                    )
                ],
            },
        ),
    ]
