from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0011_why_a_level_was_raised")]

    operations = [
        migrations.AddField(
            "ticket", "is_after_hours", models.BooleanField(default=False, db_default=False)
        ),
    ]
