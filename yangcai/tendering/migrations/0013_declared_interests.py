from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tendering", "0012_committee_confirms"),
    ]

    operations = [
        migrations.AddField(
            model_name="committeemember",
            name="declared_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="对照供应商申报回避时间"),
        ),
    ]
