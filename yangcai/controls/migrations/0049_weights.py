from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0048_makers"), ("tendering", "0059_price_weight_approvals")]
    operations = [
        migrations.RunSQL((FOLDER / "weights.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
