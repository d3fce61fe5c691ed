from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0037_passed_over"), ("contracts", "0013_settlement")]
    operations = [
        migrations.RunSQL((FOLDER / "settlements.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
