from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "receive_cover.sql"
COVERS = [("ALL", "投标文件"), ("TECH", "技术信封"), ("PRICE", "报价信封")]


def cover() -> models.TextField:
    return models.TextField(choices=COVERS, db_default="ALL", default="ALL", verbose_name="信封")


def round_() -> models.PositiveSmallIntegerField:
    return models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="轮次")


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_cooperative_innovation"),
        ("tendering", "0040_trustees_on_duty"),
    ]

    operations = [
        migrations.AddField(
            model_name="solicitation",
            name="two_covers",
            field=models.BooleanField(default=False, verbose_name="技术与报价分别密封、先后开启"),
        ),
        migrations.AddField(model_name="bid", name="cover", field=cover()),
        migrations.RemoveConstraint(model_name="bid", name="one_bid_per_revision"),
        migrations.RemoveConstraint(model_name="bid", name="one_live_bid_per_supplier"),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.UniqueConstraint(
                fields=("lot", "supplier", "stage", "cover", "revision"), name="one_bid_per_revision"
            ),
        ),
        migrations.AddConstraint(
            model_name="bid",
            constraint=models.UniqueConstraint(
                condition=models.Q(("replaced_at__isnull", True), ("withdrawn_at__isnull", True)),
                fields=("lot", "supplier", "stage", "cover"),
                name="one_live_bid_per_supplier",
            ),
        ),
        migrations.AddField(
            model_name="openedbid",
            name="went_on_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="进入报价开启时间"),
        ),
        migrations.AlterField(
            model_name="finaloffer",
            name="bid",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="final_offer",
                to="tendering.bid",
                verbose_name="密封文件",
            ),
        ),
        migrations.AddField(model_name="openingpolicy", name="cover", field=cover()),
        migrations.AddField(model_name="openingpolicy", name="round", field=round_()),
        migrations.AlterModelOptions(
            name="openingpolicy",
            options={"ordering": ["lot", "round", "cover", "revision"], "verbose_name": "开启规则"},
        ),
        migrations.RemoveConstraint(model_name="openingpolicy", name="one_policy_per_revision"),
        migrations.AddConstraint(
            model_name="openingpolicy",
            constraint=models.UniqueConstraint(
                fields=("lot", "cover", "round", "revision"), name="one_policy_per_revision"
            ),
        ),
        migrations.AddField(
            model_name="bidupload",
            name="promised_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="约定补传时间"),
        ),
        migrations.AlterModelOptions(
            name="bidclosing",
            options={"ordering": ["pk"], "verbose_name": "投标截止登记"},
        ),
        migrations.AlterField(
            model_name="bidclosing",
            name="lot",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="bid_closings",
                to="cases.lot",
                verbose_name="采购包",
            ),
        ),
        migrations.AddField(model_name="bidclosing", name="cover", field=cover()),
        migrations.AddField(model_name="bidclosing", name="round", field=round_()),
        migrations.AddConstraint(
            model_name="bidclosing",
            constraint=models.UniqueConstraint(fields=("lot", "cover", "round"), name="one_closing_per_cover"),
        ),
        migrations.AlterField(
            model_name="sharerelease",
            name="bid",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="releases",
                to="tendering.bid",
                verbose_name="投标文件",
            ),
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
