from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0039_settled_requests")]
    operations = [
        migrations.RunSQL((FOLDER / "release_order.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
