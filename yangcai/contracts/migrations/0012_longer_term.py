from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0011_award_void"),
    ]

    operations = [
        migrations.AddField(
            model_name="amendment",
            name="contract_months",
            field=models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="延长后的合同期限（月）"),
        ),
    ]
