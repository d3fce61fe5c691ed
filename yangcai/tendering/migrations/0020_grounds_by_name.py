from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("tendering", "0019_agent_conduct"),
    ]

    operations = [
        migrations.AlterField(
            model_name="evaluationreport",
            name="correction_ground",
            field=models.TextField(
                blank=True,
                choices=[
                    ("qualification", "资格性审查认定错误"),
                    ("price", "价格计算错误"),
                    ("sum", "分值汇总计算错误"),
                    ("range", "分项评分超出评分标准范围"),
                    ("objective", "对客观评审因素评分不一致"),
                    ("abnormal", "经评标委员会认定评分畸高、畸低"),
                ],
                default="",
                verbose_name="更正情形",
            ),
        ),
        migrations.AlterField(
            model_name="reviewrequest",
            name="ground",
            field=models.TextField(
                choices=[
                    ("sum", "分值汇总计算错误"),
                    ("range", "分项评分超出评分标准范围"),
                    ("objective", "对客观评审因素评分不一致"),
                    ("abnormal", "经评标委员会认定评分畸高、畸低"),
                ],
                verbose_name="复核情形",
            ),
        ),
    ]
