from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "prequalification.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0013_amendments"),
        ("tendering", "0021_prequalification"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
