from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0049_weights"), ("tendering", "0057_goods_makers")]
    operations = [
        migrations.RunSQL((FOLDER / "makers_read_out.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
