import django.db.models.deletion
from django.db import migrations, models

# A supplement has always named its milestone after its clause, with its own sum.
FIND = """
UPDATE contracts_milestone m SET amendment_id = a.id FROM contracts_amendment a
WHERE a.contract_id = m.contract_id AND a.clause = m.title AND a.amount_change = m.amount AND m.number = (
  SELECT max(number) FROM contracts_milestone o WHERE o.contract_id = m.contract_id) - (
  SELECT count(*) FROM contracts_amendment l
  WHERE l.contract_id = a.contract_id AND l.number > a.number AND l.amount_change > 0)
"""


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0007_contract_item_of_one_sum"),
    ]

    operations = [
        migrations.AddField(
            model_name="milestone",
            name="amendment",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="milestones",
                to="contracts.amendment",
                verbose_name="合同变更",
            ),
        ),
        migrations.RunSQL(FIND, migrations.RunSQL.noop, elidable=True),
    ]
