from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "frameworks.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0007_judging"),
        ("frameworks", "0001_initial"),
        ("planning", "0004_spends"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
