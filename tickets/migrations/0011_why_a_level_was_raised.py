from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_confirm_that_customers_were_told")]

    operations = [
        migrations.AddField(
            "ticket",
            "level_grounds",
            models.CharField(max_length=120, blank=True, default="", db_default=""),
        ),
    ]
