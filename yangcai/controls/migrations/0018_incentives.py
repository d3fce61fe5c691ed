from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "incentives.sql"


class Migration(migrations.Migration):
    dependencies = [("contracts", "0009_incentive"), ("controls", "0017_dealers")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
