from django.db import migrations, models


class Migration(migrations.Migration):
    """What was called the copy was the award; the copy of the contract comes later (110号令 art. 37)."""

    dependencies = [("frameworks", "0002_whole_order")]
    operations = [
        migrations.RenameField("outsideoffer", "copied_at", "concluded_at"),
        migrations.AlterField(
            model_name="outsideoffer",
            name="concluded_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="据此成交时间"),
        ),
        migrations.AddField(
            model_name="outsideoffer",
            name="copied_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="抄送征集人时间"),
        ),
    ]
