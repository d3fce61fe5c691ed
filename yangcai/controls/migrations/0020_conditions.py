from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "conditions.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0019_prequalification"),
        ("tendering", "0025_conditions_of_lots"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
