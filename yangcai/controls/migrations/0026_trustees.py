from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "trustees.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0025_windows"),
        ("tendering", "0040_trustees_on_duty"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
