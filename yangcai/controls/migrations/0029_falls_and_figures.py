from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0028_halts"),
        ("cases", "0009_award_declared_by"),
        ("tendering", "0042_award_falls"),
    ]
    operations = [
        migrations.RunSQL((FOLDER / name).read_text(encoding="utf-8"), migrations.RunSQL.noop)
        for name in ("falls.sql", "figures.sql")
    ]
