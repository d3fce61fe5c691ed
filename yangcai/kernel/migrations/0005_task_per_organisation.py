from django.db import migrations, models


class Migration(migrations.Migration):
    """Several suppliers may be asked for the same thing at the same instant: each has a task of its own."""

    dependencies = [
        ("kernel", "0004_sandbox_clock"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="task",
            name="one_task_per_ground",
        ),
        migrations.AddConstraint(
            model_name="task",
            constraint=models.UniqueConstraint(
                fields=("root", "subject", "action", "clock", "role", "organisation_id", "person_id", "since"),
                name="one_task_per_ground",
                nulls_distinct=False,
            ),
        ),
    ]
