from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "lists.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0029_falls_and_figures"),
        ("tendering", "0044_outside_lists"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
