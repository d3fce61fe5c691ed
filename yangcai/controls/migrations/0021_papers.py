from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "papers.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0020_conditions"),
        ("contracts", "0010_digest"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
