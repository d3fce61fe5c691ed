import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_set_aside"),
        ("parties", "0002_expert_library"),
        ("tendering", "0018_bid_line_brand"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgentConductRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "grade",
                    models.TextField(
                        choices=[("good", "良好"), ("ordinary", "一般"), ("poor", "较差")], verbose_name="履职评价"
                    ),
                ),
                ("text", models.TextField(blank=True, default="", verbose_name="情况记录")),
                ("due_at", models.DateTimeField(null=True, blank=True, verbose_name="记录期限")),
                ("recorded_at", models.DateTimeField(verbose_name="记录时间")),
                (
                    "agent",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="parties.organisation",
                        verbose_name="代理机构",
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="agent_conduct",
                        to="cases.case",
                        verbose_name="采购项目",
                    ),
                ),
            ],
            options={"verbose_name": "代理机构履职情况记录"},
        ),
    ]
