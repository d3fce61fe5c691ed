import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("challenges", "0001_initial"),
        ("tendering", "0024_prequalification"),
    ]

    operations = [
        migrations.AddField(
            model_name="enquiry",
            name="prequalification",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="enquiries",
                to="tendering.prequalification",
                verbose_name="资格预审",
            ),
        ),
    ]
