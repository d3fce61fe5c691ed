from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "suites.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0022_outages"),
        ("tendering", "0032_suites"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
