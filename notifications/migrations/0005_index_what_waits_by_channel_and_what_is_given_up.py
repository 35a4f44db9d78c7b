from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes are built while people work: no lock on the table, and so no transaction.
    atomic = False

    dependencies = [("notifications", "0004_webhooks_lanes_and_doubts")]

    operations = [
        AddIndexConcurrently(
            "outbox",
            models.Index(
                condition=models.Q(("next_try_at__isnull", False)),
                fields=["channel", "next_try_at"], name="outbox_waiting_by_channel",
            ),
        ),
        AddIndexConcurrently(
            "outbox",
            models.Index(
                condition=models.Q(("state__in", ["dead", "unknown"])),
                fields=["state", "id"], name="outbox_given_up",
            ),
        ),
        AddIndexConcurrently(
            "outbox",
            models.Index(
                condition=models.Q(("subscription__isnull", False)),
                fields=["subscription", "-id"], name="outbox_of_subscription",
            ),
        ),
        AddIndexConcurrently(
            "outbox",
            models.Index(
                condition=models.Q(("doubts__gt", 0)), fields=["id"], name="outbox_doubtful",
            ),
        ),
        RemoveIndexConcurrently("outbox", "outbox_waiting"),
    ]
