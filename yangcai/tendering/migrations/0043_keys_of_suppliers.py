from pathlib import Path

from django.db import migrations, models

#: As 0041 made it, but that a bid is found again by its upload, whose key is that of one supplier in one lot.
SQL = Path(__file__).parent.parent / "sql" / "receive_cover.sql"


class Migration(migrations.Migration):
    dependencies = [("tendering", "0042_award_falls")]

    operations = [
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="sealedbid", name="one_bid_per_key"),
        # Its index was the only one by tender: who asks for a bid by its header has it again.
        migrations.AddIndex(
            model_name="sealedbid",
            index=models.Index(fields=["tender", "header_digest"], name="sealed_bid_by_header"),
        ),
    ]
