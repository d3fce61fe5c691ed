from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

SQL = Path(__file__).parent.parent / "sql" / "objections.sql"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_award_passed_over"),
        ("challenges", "0003_public_enquiries"),
        ("contracts", "0013_settlement"),
        ("controls", "0038_settlements"),
        ("parties", "0005_accounts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Objection",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.TextField(unique=True, verbose_name="质疑编号")),
                (
                    "target",
                    models.TextField(
                        choices=[("document", "采购文件"), ("process", "采购过程"), ("result", "中标（成交）结果")],
                        verbose_name="质疑对象",
                    ),
                ),
                (
                    "stage",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("preparation", "采购准备"),
                            ("justification", "论证公示"),
                            ("invitation", "发布公告"),
                            ("submission", "投标"),
                            ("opening", "开标"),
                            ("qualification", "资格审查"),
                            ("evaluation", "评审"),
                            ("dialogue", "谈判磋商"),
                            ("final_offer", "最后报价"),
                            ("award", "定标"),
                        ],
                        default="",
                        verbose_name="采购环节",
                    ),
                ),
                ("known_on", models.DateField(verbose_name="知道或者应知之日")),
                ("requests", models.TextField(verbose_name="与质疑事项相关的请求")),
                ("address", models.TextField(verbose_name="地址")),
                ("postcode", models.TextField(verbose_name="邮编")),
                ("contact", models.TextField(verbose_name="联系人")),
                ("phone", models.TextField(verbose_name="联系电话")),
                (
                    "signed_as",
                    models.TextField(
                        choices=[
                            ("seal", "加盖公章"),
                            ("legal", "法定代表人签字"),
                            ("authorised", "授权代表签字"),
                            ("self", "自然人本人签字"),
                        ],
                        verbose_name="签署方式",
                    ),
                ),
                ("received_at", models.DateTimeField(verbose_name="收到时间")),
                ("completion_asked", models.TextField(blank=True, default="", verbose_name="需要补正的事项")),
                ("completion_asked_at", models.DateTimeField(blank=True, null=True, verbose_name="告知补正时间")),
                ("completion", models.TextField(blank=True, default="", verbose_name="补正内容")),
                ("completed_at", models.DateTimeField(blank=True, null=True, verbose_name="补正时间")),
                ("harmless_reason", models.TextField(blank=True, default="", verbose_name="不影响结果的理由")),
                ("harmless_at", models.DateTimeField(blank=True, null=True, verbose_name="认定不影响结果的时间")),
                ("withdrawal_reason", models.TextField(blank=True, default="", verbose_name="撤回理由")),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True, verbose_name="撤回时间")),
                (
                    "consequence",
                    models.TextField(
                        blank=True,
                        choices=[
                            ("go_on", "继续开展采购活动"),
                            ("amend", "澄清或者修改采购文件后继续开展采购活动"),
                            ("next", "从合格的候选人中另行确定供应商"),
                            ("restart", "重新开展采购活动"),
                        ],
                        default="",
                        verbose_name="处理结果",
                    ),
                ),
                ("explanation", models.TextField(blank=True, default="", verbose_name="处理结果的说明")),
                ("answered_at", models.DateTimeField(blank=True, null=True, verbose_name="答复时间")),
                ("complaint_until", models.DateField(blank=True, null=True, verbose_name="投诉期限届满之日")),
                (
                    "answered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                        verbose_name="质疑答复人",
                    ),
                ),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="objections",
                        to="cases.case",
                        verbose_name="采购项目",
                    ),
                ),
                (
                    "lot",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cases.lot",
                        verbose_name="采购包",
                    ),
                ),
                (
                    "supplier",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                        verbose_name="质疑供应商",
                    ),
                ),
            ],
            options={
                "verbose_name": "质疑",
            },
        ),
        migrations.CreateModel(
            name="ObjectionMatter",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField(verbose_name="序号")),
                ("matter", models.TextField(verbose_name="质疑事项")),
                ("facts", models.TextField(verbose_name="事实依据")),
                ("legal_basis", models.TextField(blank=True, default="", verbose_name="法律依据")),
                ("is_founded", models.BooleanField(blank=True, null=True, verbose_name="质疑成立")),
                ("answer", models.TextField(blank=True, default="", verbose_name="答复内容")),
                ("answer_facts", models.TextField(blank=True, default="", verbose_name="答复的事实依据")),
                ("answer_basis", models.TextField(blank=True, default="", verbose_name="答复的法律依据")),
                (
                    "objection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="matters",
                        to="challenges.objection",
                        verbose_name="质疑",
                    ),
                ),
            ],
            options={
                "verbose_name": "质疑事项",
            },
        ),
        migrations.AddIndex(
            model_name="objection",
            index=models.Index(fields=["case", "received_at"], name="objection_of_case"),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(("withdrawn_at__isnull", True), ("answered_at__isnull", True), _connector="OR"),
                name="withdrawn_objection_has_no_answer",
            ),
        ),
        migrations.AddConstraint(
            model_name="objection",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True), ("consequence", "")),
                    models.Q(
                        ("answered_at__isnull", False),
                        ("answered_by__isnull", False),
                        models.Q(("consequence", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="objection_answer_is_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="objectionmatter",
            constraint=models.UniqueConstraint(fields=("objection", "number"), name="one_matter_per_number"),
        ),
        migrations.RunSQL(SQL.read_text(encoding="utf-8"), migrations.RunSQL.noop),
    ]
