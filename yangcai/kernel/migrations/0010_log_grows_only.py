from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "log.sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0009_public_log")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
