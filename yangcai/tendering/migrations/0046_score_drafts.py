import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tendering", "0045_corrected_names")]
    operations = [
        migrations.CreateModel(
            name="ScoreDraft",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "value",
                    models.DecimalField(blank=True, decimal_places=4, max_digits=8, null=True, verbose_name="得分"),
                ),
                ("reason", models.TextField(blank=True, default="", verbose_name="理由")),
                ("at", models.DateTimeField(verbose_name="时间")),
                (
                    "criterion",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tendering.criterion",
                        verbose_name="评审因素",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="drafts",
                        to="tendering.committeemember",
                        verbose_name="评委",
                    ),
                ),
                (
                    "opened_bid",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="tendering.openedbid",
                        verbose_name="投标报价",
                    ),
                ),
            ],
            options={
                "verbose_name": "评分草稿",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("member", "opened_bid", "criterion"), name="one_score_draft_per_member"
                    ),
                    models.CheckConstraint(condition=models.Q(("value__gte", 0)), name="score_draft_not_negative"),
                ],
            },
        ),
    ]
