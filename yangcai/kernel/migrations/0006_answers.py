from django.db import migrations, models

#: The keys that are there know the row that was made, and neither notices nor counts.
KEEP = """
UPDATE kernel_idempotencykey SET answer = jsonb_build_object('of', jsonb_build_array(
    jsonb_build_array('value', CASE WHEN value = '' THEN 'null'::jsonb ELSE jsonb_build_object('row', value) END),
    jsonb_build_array('notices', '[]'::jsonb)))
"""


class Migration(migrations.Migration):
    """A retried request gets the whole first answer: its value, whatever it is, and its notices."""

    dependencies = [
        ("kernel", "0005_task_per_organisation"),
    ]

    operations = [
        migrations.AddField(
            model_name="idempotencykey",
            name="answer",
            field=models.JSONField(null=True, verbose_name="首次答复"),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop, elidable=True),
        migrations.RemoveField(
            model_name="idempotencykey",
            name="value",
        ),
    ]
