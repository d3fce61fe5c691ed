from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0012_health_journal")]
    operations = [
        migrations.AddIndex(
            model_name="entry",
            index=models.Index(fields=["person_id", "-seq"], name="entry_of_person"),
        ),
    ]
