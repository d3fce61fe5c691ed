from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0044_decisions_stand")]
    operations = [
        migrations.RunSQL((FOLDER / "ended_as_each_settled.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
