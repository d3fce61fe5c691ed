from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0033_coming_in"),
        ("planning", "0007_renewals"),
        ("cases", "0010_lot_release"),
    ]
    operations = [
        migrations.RunSQL((FOLDER / "releases.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
