from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0046_reasons_stand"), ("tendering", "0056_consortia")]
    operations = [
        migrations.RunSQL((FOLDER / "consortia.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
