from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "dealers.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0016_statements"), ("frameworks", "0004_dealers_and_discounts")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
