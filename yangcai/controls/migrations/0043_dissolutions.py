from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0042_same_brands"), ("tendering", "0052_dissolved_committees")]
    operations = [
        migrations.RunSQL((FOLDER / "dissolutions.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
