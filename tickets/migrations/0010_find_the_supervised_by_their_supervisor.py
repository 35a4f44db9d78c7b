from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0009_answers_in_disputes_and_the_end_of_supervision")]

    operations = [
        migrations.AddIndex(
            "ticket",
            models.Index(
                fields=["supervisor", "-id"], condition=models.Q(supervisor__isnull=False),
                name="ticket_supervised",
            ),
        )
    ]
