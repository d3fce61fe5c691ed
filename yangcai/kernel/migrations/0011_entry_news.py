from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "entry_news.sql"


class Migration(migrations.Migration):
    dependencies = [("kernel", "0010_log_grows_only")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
