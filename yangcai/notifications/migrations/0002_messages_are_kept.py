from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "messages.sql"


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_initial")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
