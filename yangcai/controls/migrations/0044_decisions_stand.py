from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0043_dissolutions")]
    operations = [
        migrations.RunSQL((FOLDER / "decisions_stand.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
