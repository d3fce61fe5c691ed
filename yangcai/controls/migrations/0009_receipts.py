from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "receipts.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0008_frameworks"), ("tendering", "0014_bid_line_brand")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
