from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0024_index_stays_and_averages_by_month")]

    operations = [
        migrations.AddField("ticket", "next_due_from", models.DateTimeField(null=True)),
        migrations.AddField(
            "ticket",
            "is_next_due_provisional",
            models.BooleanField(default=False, db_default=False),
        ),
    ]
