from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0053_taken_over")]

    operations = [
        migrations.AddField(
            model_name="evaluationreport",
            name="reopen_reason",
            field=models.TextField(blank=True, db_default="", default="", verbose_name="发现的问题"),
        ),
    ]
