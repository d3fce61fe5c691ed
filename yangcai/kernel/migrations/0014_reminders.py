from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("kernel", "0013_entry_of_person"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="remind_at",
            field=models.DateTimeField(null=True, verbose_name="下次临期提醒时间"),
        ),
        migrations.AddIndex(
            model_name="task",
            index=models.Index(
                condition=models.Q(("done_at__isnull", True), ("remind_at__isnull", False)),
                fields=["remind_at"],
                name="task_to_remind",
            ),
        ),
        # What is open already is reminded of like the rest.
        migrations.RunSQL(
            "UPDATE kernel_task SET remind_at = due_at - interval '24 hours'"
            " WHERE done_at IS NULL AND fired_at IS NULL AND due_at > now() AND role <> ''",
            migrations.RunSQL.noop,
            elidable=True,
        ),
    ]
