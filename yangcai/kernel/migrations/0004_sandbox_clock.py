from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "sandbox_clock.sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_task_per_person")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
