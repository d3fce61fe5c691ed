from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "receive_together.sql"


class Migration(migrations.Migration):
    dependencies = [("tendering", "0048_deviations_and_blind"), ("kernel", "0015_leaves_together")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
