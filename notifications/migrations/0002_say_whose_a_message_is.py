from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("notifications", "0001_notices_outbox_and_jobs")]

    operations = [
        migrations.AddField(
            "outbox",
            "scope_path",
            models.CharField(
                max_length=200, db_collation="C", blank=True, default="", db_default=""
            ),
        ),
    ]
