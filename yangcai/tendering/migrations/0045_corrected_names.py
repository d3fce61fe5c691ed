from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0044_outside_lists")]
    operations = [
        migrations.AddField(
            model_name="outsidelibrary",
            name="corrected",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="其中更正姓名人数"),
        ),
    ]
