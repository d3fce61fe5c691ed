from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "windows.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0024_choices"),
        ("tendering", "0039_end_of_waiting"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
