from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "agreements.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0010_opinions"),
        ("frameworks", "0002_whole_order"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
