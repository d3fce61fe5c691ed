from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0041_ended_as_settled"), ("tendering", "0051_same_brands")]
    operations = [
        migrations.RunSQL((FOLDER / "brands.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
