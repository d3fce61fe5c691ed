from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "judging.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0006_draws"),
        ("tendering", "0011_dissent"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
