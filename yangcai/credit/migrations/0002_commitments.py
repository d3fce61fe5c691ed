from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "commitments.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0001_initial"),
        ("parties", "0003_other_libraries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Commitment",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("text", models.TextField(verbose_name="承诺内容")),
                ("law", models.TextField(verbose_name="依据")),
                ("representative", models.TextField(verbose_name="法定代表人或者负责人")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("signed_at", models.DateTimeField(verbose_name="签署时间")),
                ("withdrawn_at", models.DateTimeField(null=True, verbose_name="撤回时间")),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="commitments",
                        to="parties.organisation",
                        verbose_name="主体",
                    ),
                ),
                (
                    "signed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.post",
                        verbose_name="签署人",
                    ),
                ),
            ],
            options={
                "verbose_name": "信用承诺",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at__isnull", True)),
                        fields=("organisation",),
                        name="one_commitment_in_force",
                    )
                ],
            },
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
