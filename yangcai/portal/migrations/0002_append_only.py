from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "notices.sql"


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial"), ("kernel", "0002_entries")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
