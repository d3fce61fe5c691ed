from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0022_conduct_statement")]
    operations = [
        migrations.AddField(
            model_name="paymentterm",
            name="is_incentive",
            field=models.BooleanField(default=False, verbose_name="激励费用"),
        ),
    ]
