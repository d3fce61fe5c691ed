from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "objections_whole.sql"


class Migration(migrations.Migration):
    dependencies = [("challenges", "0006_prequalification_objections")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
