from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "terms.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0014_copies")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
