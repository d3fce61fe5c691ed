from django.db import migrations, models

#: What is not out yet asks for it; what was published before keeps the terms under which its bidders bid.
DRAFTS = """
UPDATE tendering_solicitation s SET members_confirm = true
  FROM cases_case c WHERE c.id = s.case_id AND c.published_at IS NULL
"""


def field(asked: bool) -> models.BooleanField:
    return models.BooleanField(default=True, db_default=asked, verbose_name="联合体成员在平台确认")


class Migration(migrations.Migration):
    dependencies = [("tendering", "0060_abnormal_scores"), ("cases", "0011_award_passed_over")]
    operations = [
        migrations.AddField("solicitation", "members_confirm", field(False)),
        migrations.RunSQL(DRAFTS, migrations.RunSQL.noop, elidable=True),
        migrations.AlterField("solicitation", "members_confirm", field(True)),
    ]
