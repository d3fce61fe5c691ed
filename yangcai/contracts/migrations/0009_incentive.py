from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0008_milestone_of_amendment")]
    operations = [
        migrations.AddField(
            model_name="milestone",
            name="is_incentive",
            field=models.BooleanField(default=False, verbose_name="激励费用"),
        ),
    ]
