from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0031_standing_and_scores"), ("tendering", "0048_deviations_and_blind")]
    operations = [
        migrations.RunSQL((FOLDER / "deviations.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
