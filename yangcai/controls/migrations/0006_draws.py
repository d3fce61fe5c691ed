from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "draws.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("controls", "0005_offers"),
        ("parties", "0002_expert_library"),
        ("tendering", "0008_expert_draws"),
    ]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
