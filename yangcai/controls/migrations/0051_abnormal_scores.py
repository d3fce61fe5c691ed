from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0050_makers_read_out"), ("tendering", "0060_abnormal_scores")]
    operations = [
        migrations.RunSQL((FOLDER / "abnormal_scores.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
