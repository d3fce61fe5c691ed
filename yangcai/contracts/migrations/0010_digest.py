from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "digest.sql"


class Migration(migrations.Migration):
    dependencies = [("contracts", "0009_incentive")]
    operations = [
        migrations.AddField(
            model_name="contract",
            name="digest",
            field=models.TextField(blank=True, default="", editable=False, verbose_name="签订内容摘要"),
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
