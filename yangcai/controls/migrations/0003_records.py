from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "records.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0002_receivables"),
        ("tendering", "0005_reevaluation"),
        ("challenges", "0001_initial"),
        ("credit", "0001_initial"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
