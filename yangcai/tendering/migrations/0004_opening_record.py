from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0003_small_micro_share")]

    operations = [
        migrations.AddField(
            model_name="bid",
            name="damage",
            field=models.TextField(blank=True, default="", verbose_name="无法开启的原因"),
        ),
        migrations.AddField(
            model_name="opening",
            name="answer",
            field=models.TextField(blank=True, default="", verbose_name="对异议的处理"),
        ),
    ]
