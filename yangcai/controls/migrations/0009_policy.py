from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "policy.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0008_frameworks"),
        ("planning", "0004_spends"),
        ("tendering", "0012_committee_confirms"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
