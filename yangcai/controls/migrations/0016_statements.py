from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "statements.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0015_terms"), ("tendering", "0022_conduct_statement")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
