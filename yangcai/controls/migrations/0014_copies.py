from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "copies.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0013_amendments"), ("frameworks", "0003_copy_of_contract")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
