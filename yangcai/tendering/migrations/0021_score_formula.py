from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tendering", "0020_grounds_by_name"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="score_formula",
            field=models.TextField(default="mean", verbose_name="评委评分的汇总方法"),
        ),
    ]
