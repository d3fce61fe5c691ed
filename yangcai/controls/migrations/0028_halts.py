from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "halts.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0027_covers"),
        ("kernel", "0012_health_journal"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
