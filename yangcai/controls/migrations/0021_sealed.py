from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sealed.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0020_conditions"),
        ("tendering", "0027_sealed_bids"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
