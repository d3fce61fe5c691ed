from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0006_every_method")]

    operations = [
        migrations.AddField("finding", "page", models.TextField(blank=True, default="", verbose_name="页码")),
    ]
