from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tendering", "0019_agent_conduct"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="score_formula",
            field=models.TextField(default="mean", verbose_name="评委评分的汇总方法"),
        ),
    ]
