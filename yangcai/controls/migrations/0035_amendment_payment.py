from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0034_releases"), ("contracts", "0011_award_void")]
    operations = [
        migrations.RunSQL((FOLDER / "amendment_payment.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
