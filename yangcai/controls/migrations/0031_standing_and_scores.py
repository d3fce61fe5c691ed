from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0030_lists")]
    operations = [
        migrations.RunSQL((FOLDER / name).read_text(encoding="utf-8"), migrations.RunSQL.noop)
        for name in ("standing.sql", "scores.sql")
    ]
