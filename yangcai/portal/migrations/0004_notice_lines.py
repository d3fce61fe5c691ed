from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "notice_lines.sql"


class Migration(migrations.Migration):
    dependencies = [("portal", "0003_search_index"), ("kernel", "0010_log_grows_only")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
