from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

_WATCHED = [
    "returned", "arrived", "suspended", "extended", "reclassified", "priority_changed", "merged",
    "split", "withdrawn", "contacted", "contact_tried", "amended",
]


class Migration(migrations.Migration):
    # Built while people work: no lock on the tables, and so no transaction.
    atomic = False

    dependencies = [("tickets", "0012_count_what_comes_after_hours")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                condition=models.Q(("code__in", _WATCHED)),
                fields=["code", "at", "ticket"],
                name="event_watched",
            ),
        ),
        AddIndexConcurrently(
            "ticket",
            models.Index(
                condition=models.Q(("done_at__isnull", False)),
                fields=["done_at"],
                name="ticket_by_report",
            ),
        ),
    ]
