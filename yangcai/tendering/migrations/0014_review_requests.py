import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tendering", "0013_declared_interests"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReviewRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("ground", models.TextField(verbose_name="复核情形")),
                ("content", models.TextField(verbose_name="发现的问题")),
                ("requested_at", models.DateTimeField(verbose_name="要求复核时间")),
                (
                    "answer",
                    models.TextField(
                        blank=True,
                        choices=[("corrected", "已复核并按法定情形更正"), ("explained", "经复核维持，书面说明理由")],
                        default="",
                        verbose_name="复核结果",
                    ),
                ),
                ("reasons", models.TextField(blank=True, default="", verbose_name="书面说明")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("refusal", models.TextField(blank=True, default="", verbose_name="拒绝的情况")),
                ("reported_at", models.DateTimeField(blank=True, null=True, verbose_name="报告财政部门时间")),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="review_requests",
                        to="tendering.evaluationreport",
                        verbose_name="评审报告",
                    ),
                ),
            ],
            options={
                "verbose_name": "要求复核",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("answered_at__isnull", True), ("reported_at__isnull", True)),
                        fields=("report",),
                        name="one_review_request_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("answered_at__isnull", True), ("reported_at__isnull", True), _connector="OR"
                        ),
                        name="review_request_is_settled_once",
                    ),
                ],
            },
        ),
    ]
