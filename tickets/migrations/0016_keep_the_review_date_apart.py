from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F


def wait_for_the_review_date(apps, schema_editor) -> None:
    """What rests now goes on when its review date comes."""
    resting = apps.get_model("tickets", "Ticket").objects.filter(state="suspended")
    resting.update(rest_fires_at=F("suspended_until"))


class Migration(migrations.Migration):
    # Indexes are built while people work: no lock on the table, and so no transaction.
    atomic = False

    dependencies = [("tickets", "0015_say_whose_the_unsent_messages_are")]

    operations = [
        migrations.AddField("ticket", "rest_fires_at", models.DateTimeField(null=True)),
        migrations.RunPython(wait_for_the_review_date, migrations.RunPython.noop, elidable=True),
        RemoveIndexConcurrently("ticket", "ticket_resting_until"),
        AddIndexConcurrently(
            "ticket",
            models.Index(
                condition=models.Q(("rest_fires_at__isnull", False)),
                fields=["rest_fires_at"],
                name="ticket_rest_waiting",
            ),
        ),
    ]
