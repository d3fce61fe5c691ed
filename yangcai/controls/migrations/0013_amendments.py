from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "amendments.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0008_milestone_of_amendment"),
        ("controls", "0012_receipts"),
        ("tendering", "0019_agent_conduct"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
