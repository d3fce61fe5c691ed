"""Whether what is bought is an information system of the government is kept with the lot."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0011_award_passed_over"),
    ]

    operations = [
        migrations.AddField(
            model_name="lot",
            name="is_information_system",
            field=models.BooleanField(db_default=False, default=False, verbose_name="政务信息系统项目"),
        ),
    ]
