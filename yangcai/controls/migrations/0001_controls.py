from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    initial = True
    dependencies = [
        ("funds", "0002_ledger"),
        ("planning", "0001_initial"),
        ("cases", "0001_initial"),
        ("tendering", "0004_opening_record"),
        ("contracts", "0002_content"),
    ]
    operations = [
        migrations.RunSQL((FOLDER / name).read_text(encoding="utf-8"), migrations.RunSQL.noop)
        for name in ("controls.sql", "frozen.sql")
    ]
