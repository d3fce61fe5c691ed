from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "prequalification.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0018_incentives"),
        ("tendering", "0024_prequalification"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
