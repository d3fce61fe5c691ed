from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0009_incentive")]
    operations = [
        migrations.AddField(
            model_name="contract",
            name="digest",
            field=models.TextField(blank=True, default="", editable=False, verbose_name="签订内容摘要"),
        ),
    ]
