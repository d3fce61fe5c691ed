from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0021_score_formula")]
    operations = [
        migrations.AddField(
            model_name="conductrecord",
            name="statement",
            field=models.TextField(blank=True, default="", verbose_name="专家说明"),
        ),
        migrations.AddField(
            model_name="conductrecord",
            name="stated_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="说明时间"),
        ),
        migrations.AddConstraint(
            model_name="conductrecord",
            constraint=models.CheckConstraint(
                condition=models.Q(("stated_at__isnull", True), ("statement", ""))
                | models.Q(("side", "expert"), ("stated_at__isnull", False)) & ~models.Q(("statement", "")),
                name="expert_states_its_view_once",
            ),
        ),
    ]
