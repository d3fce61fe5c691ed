from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0051_abnormal_scores"), ("tendering", "0062_bid_reconfirmations")]
    operations = [
        migrations.RunSQL((FOLDER / "reconfirmations.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
