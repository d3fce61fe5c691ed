import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("parties", "0002_expert_library"),
        ("planning", "0004_spends"),
    ]

    operations = [
        migrations.CreateModel(
            name="ImportExpert",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "approval",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="named_experts",
                        to="planning.importapproval",
                        verbose_name="进口产品申请",
                    ),
                ),
                (
                    "expert",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.expert",
                        verbose_name="评审专家",
                    ),
                ),
            ],
            options={
                "verbose_name": "进口产品论证专家",
                "constraints": [
                    models.UniqueConstraint(fields=("approval", "expert"), name="one_opinion_per_expert"),
                ],
            },
        ),
    ]
