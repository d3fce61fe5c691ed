from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "receivables.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0001_controls"), ("contracts", "0004_overdue_disclosure")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
