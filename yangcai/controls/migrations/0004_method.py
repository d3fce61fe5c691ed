from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0003_records"),
        ("planning", "0002_methods"),
    ]
    operations = [
        migrations.RunSQL((FOLDER / "method.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
