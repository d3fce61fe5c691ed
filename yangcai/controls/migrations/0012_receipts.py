from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "receipts.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0011_agreements"), ("tendering", "0018_bid_line_brand")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
