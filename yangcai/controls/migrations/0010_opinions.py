from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "opinions.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0009_policy"),
        ("planning", "0005_import_experts"),
        ("tendering", "0014_review_requests"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
