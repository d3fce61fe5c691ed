from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "outages.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0021_sealed"),
        ("kernel", "0012_health_journal"),
        ("tendering", "0030_outage_extensions"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
