from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0002_correction_answer_by_at")]

    operations = [
        migrations.AddField(
            model_name="openedbid",
            name="small_micro_share",
            field=models.DecimalField(
                blank=True, decimal_places=4, max_digits=5, null=True, verbose_name="小微企业合同份额"
            ),
        ),
    ]
