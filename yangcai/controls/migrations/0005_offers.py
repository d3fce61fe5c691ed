from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "offers.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0004_method"),
        ("tendering", "0006_every_method"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
