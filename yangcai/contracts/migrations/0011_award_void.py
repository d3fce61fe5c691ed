from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0010_digest"),
    ]

    operations = [
        migrations.AlterField(
            model_name="contract",
            name="termination_ground",
            field=models.TextField(
                blank=True,
                choices=[
                    ("public_interest", "继续履行将损害国家利益和社会公共利益"),
                    ("force_majeure", "不可抗力致使不能实现合同目的"),
                    ("breach", "对方违约，法定或约定的解除条件成就"),
                    ("decision", "财政部门处理决定、仲裁裁决或法院判决"),
                    ("award_refused", "中标供应商拒签合同"),
                    ("award_void", "合同签订前中标结果无效"),
                    ("on_the_market", "市场已出现同类产品，研发已无意义"),
                    ("insurmountable", "遇不可克服的技术困难"),
                    ("milestone_missed", "未按约定完成标志性成果，予以淘汰"),
                ],
                default="",
                verbose_name="解除情形",
            ),
        ),
    ]
