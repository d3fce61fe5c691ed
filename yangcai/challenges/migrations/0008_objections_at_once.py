from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "objections_at_once.sql"


class Migration(migrations.Migration):
    dependencies = [("challenges", "0007_objections_whole"), ("tendering", "0055_objections_at_once")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
