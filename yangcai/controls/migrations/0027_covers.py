from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "covers.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0026_trustees"),
        ("tendering", "0041_covers_and_rounds"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
