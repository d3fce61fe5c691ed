from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0005_reevaluation")]

    operations = [
        migrations.AddField("finding", "page", models.TextField(blank=True, default="", verbose_name="页码")),
    ]
