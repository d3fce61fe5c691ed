from django.db import migrations, models

# What is open already is warned of as well: the alarms of law/clocks.yaml begin at half the time.
FIRST = """
UPDATE kernel_task SET warn_at = since + (due_at - since) / 2
WHERE done_at IS NULL AND fired_at IS NULL AND role <> '' AND due_at > since
"""


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0006_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="warn_at",
            field=models.DateTimeField(null=True, verbose_name="下次提醒时间"),
        ),
        migrations.AddField(
            model_name="task",
            name="warned_share",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="提醒时已过期限的百分比"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True), ("warn_at__isnull", False)),
                fields=["warn_at"],
                name="task_to_warn",
            ),
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop, elidable=True),
    ]
