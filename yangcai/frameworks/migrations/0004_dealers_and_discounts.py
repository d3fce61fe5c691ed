import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("frameworks", "0003_copy_of_contract"), ("parties", "0002_expert_library")]
    operations = [
        migrations.CreateModel(
            name="QuantityDiscount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "from_quantity",
                    models.DecimalField(decimal_places=3, max_digits=14, verbose_name="采购数量达到"),
                ),
                ("rate", models.DecimalField(decimal_places=4, max_digits=5, verbose_name="价格降低比例")),
                (
                    "framework",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="discounts",
                        to="frameworks.framework",
                        verbose_name="框架协议",
                    ),
                ),
            ],
            options={
                "verbose_name": "量价关系折扣",
                "ordering": ["from_quantity"],
                "constraints": [
                    models.UniqueConstraint(fields=("framework", "from_quantity"), name="one_discount_per_quantity"),
                    models.CheckConstraint(
                        condition=models.Q(("from_quantity__gt", 0), ("rate__gt", 0), ("rate__lt", 1)),
                        name="discount_lowers_the_price",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Dealer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", models.TextField(verbose_name="代理范围")),
                ("named_at", models.DateTimeField(verbose_name="委托时间")),
                ("ended_at", models.DateTimeField(blank=True, null=True, verbose_name="委托终止时间")),
                (
                    "entrant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dealers",
                        to="frameworks.entrant",
                        verbose_name="入围供应商",
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                        verbose_name="代理商",
                    ),
                ),
            ],
            options={
                "verbose_name": "代理商",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_at__isnull", True)),
                        fields=("entrant", "organisation"),
                        name="one_naming_per_dealer",
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="calloff",
            name="dealer",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="frameworks.dealer",
                verbose_name="代理商",
            ),
        ),
    ]
