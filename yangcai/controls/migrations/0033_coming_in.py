from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "coming_in.sql"


class Migration(migrations.Migration):
    dependencies = [("controls", "0032_deviations"), ("tendering", "0049_receive_together")]
    operations = [migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop)]
