from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "amendments.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0006_milestone_of_amendment"),
        ("controls", "0008_frameworks"),
        ("tendering", "0013_agent_conduct"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
