from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "choices.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0023_suites"),
        ("parties", "0003_other_libraries"),
        ("planning", "0006_voluntary_publicity"),
        ("tendering", "0037_outside_libraries"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
