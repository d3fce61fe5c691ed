from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql" / "award_lines.sql"
#: Awards that wait for their notice: from now on a notice wants a line of what was determined before it.
WAITING = """
SELECT kernel_append_leaf('case:' || l.case_id, convert_to(
    '{"award":"award:' || a.id || '","lot":' || to_json(l.number) || ',"root":"case:' || l.case_id || '","says":"'
    || encode(sha256(convert_to(l.number || E'\\n' || coalesce(s.uscc, '') || E'\\n' || a.amount, 'UTF8')), 'hex')
    || '","t":"award"}', 'UTF8'))
  FROM cases_award a JOIN cases_lot l ON l.id = a.lot_id JOIN parties_organisation s ON s.id = a.supplier_id
  WHERE a.announced_at IS NULL AND a.refused_at IS NULL ORDER BY a.id
"""


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_saved_search"),
        ("cases", "0011_award_passed_over"),
        ("kernel", "0015_leaves_together"),
        ("parties", "0001_initial"),
    ]
    operations = [
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
        migrations.RunSQL(WAITING, migrations.RunSQL.noop, elidable=True),
    ]
