from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0024_prequalification")]

    operations = [
        migrations.AddField(
            model_name="prequalificationclause",
            name="lot",
            field=models.TextField(blank=True, default="", verbose_name="包号"),
        ),
    ]
