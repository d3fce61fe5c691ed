from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0045_ended_as_each_settled"), ("tendering", "0055_objections_at_once")]
    operations = [
        migrations.RunSQL((FOLDER / "reasons_stand.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
