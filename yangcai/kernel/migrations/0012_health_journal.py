from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "health.sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0011_entry_news")]
    operations = [
        migrations.CreateModel(
            name="HealthLine",
            fields=[
                ("number", models.BigIntegerField(primary_key=True, serialize=False, verbose_name="序号")),
                ("at", models.DateTimeField(verbose_name="时间")),
                ("is_good", models.BooleanField(verbose_name="正常")),
                (
                    "bad",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None, verbose_name="故障"
                    ),
                ),
                ("previous", models.CharField(max_length=64, verbose_name="前一条摘要")),
                ("digest", models.CharField(max_length=64, verbose_name="摘要")),
                ("content", models.TextField(verbose_name="内容")),
                (
                    "leaf",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.leaf",
                        verbose_name="日志条目",
                    ),
                ),
            ],
            options={
                "verbose_name": "健康日志",
                "indexes": [
                    models.Index(condition=models.Q(("is_good", True)), fields=["-number"], name="good_health_line"),
                    models.Index(fields=["at"], name="health_line_by_time"),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("bad", []), ("is_good", True)),
                            models.Q(("is_good", False), models.Q(("bad", []), _negated=True)),
                            _connector="OR",
                        ),
                        name="good_is_what_nothing_failed_in",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Outage",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("begins_at", models.DateTimeField(verbose_name="开始")),
                ("ends_at", models.DateTimeField(verbose_name="恢复")),
                (
                    "bad",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), blank=True, default=list, size=None, verbose_name="故障"
                    ),
                ),
                ("shortest", models.DurationField(verbose_name="计为停机的最短时间")),
                ("protected", models.DurationField(verbose_name="截止前的保护时间")),
                ("relief", models.DurationField(verbose_name="恢复后的最短时间")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="顺延办结时间")),
                (
                    "after",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.healthline",
                        verbose_name="此后首次正常",
                    ),
                ),
                (
                    "before",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.healthline",
                        verbose_name="此前最后一次正常",
                    ),
                ),
            ],
            options={
                "verbose_name": "停机",
                "ordering": ["-begins_at"],
                "indexes": [
                    models.Index(
                        condition=models.Q(("settled_at__isnull", True)),
                        fields=["begins_at"],
                        name="outage_to_settle",
                    ),
                    models.Index(fields=["ends_at"], name="outage_by_end"),
                ],
            },
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
