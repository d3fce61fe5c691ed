from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("contracts", "0013_settlement")]

    operations = [
        migrations.RemoveConstraint(model_name="amendment", name="settlement_says_cost_and_sum"),
        migrations.AddConstraint(
            model_name="amendment",
            constraint=models.CheckConstraint(
                condition=models.Q(settles=None, ending="", eligible_cost=None, settled_amount=None)
                | models.Q(settles__isnull=False, settled_amount__gte=0, eligible_cost__gte=models.F("settled_amount"))
                & ~models.Q(ending=""),
                name="settlement_says_cost_and_sum",
            ),
        ),
    ]
