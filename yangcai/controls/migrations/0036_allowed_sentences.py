from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [("controls", "0035_amendment_payment"), ("planning", "0008_allowed_sentences")]
    operations = [
        migrations.RunSQL((FOLDER / "allowed_sentences.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
