"""Bids that come in at the same moment share one transaction."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "receive_bids.sql"


class Migration(migrations.Migration):
    dependencies = [("tendering", "0030_outage_extensions")]

    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
