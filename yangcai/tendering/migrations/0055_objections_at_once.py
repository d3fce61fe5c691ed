from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0054_reopen_reason")]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="objections_at_once",
            field=models.BooleanField(db_default=False, default=False, verbose_name="同一环节的质疑一次性提出"),
        ),
    ]
