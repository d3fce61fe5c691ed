from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "leaves_together.sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0014_reminders")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
