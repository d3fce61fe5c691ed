from pathlib import Path

from django.db import migrations

FOLDER = Path(__file__).parent.parent


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0036_allowed_sentences"),
        ("cases", "0011_award_passed_over"),
        ("tendering", "0050_replaced_ground"),
    ]
    operations = [
        migrations.RunSQL((FOLDER / "passed_over.sql").read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
