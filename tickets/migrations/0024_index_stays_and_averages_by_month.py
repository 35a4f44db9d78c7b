from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    # The indexes are built while people work: no lock on the tables, and so no transaction.
    atomic = False

    dependencies = [("tickets", "0023_name_moving_to_newer_limits")]

    operations = [
        AddIndexConcurrently(
            "holding",
            models.Index(
                fields=["to_at"], condition=Q(to_at__isnull=False), name="holding_by_end"
            ),
        ),
        AddIndexConcurrently(
            "clock",
            models.Index(
                fields=["stopped_at"], condition=Q(measure="avg"), name="clock_average_by_stop"
            ),
        ),
    ]
