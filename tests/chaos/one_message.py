"""`python -m tests.chaos.one_message CHANNEL`: deliver one waiting message of the channel, as a worker
would."""

import sys


def main() -> None:
    from notifications import delivery
    from notifications.models import Outbox, OutboxState
    from servicedesk.lib import clock

    waiting = Outbox.objects.filter(channel=sys.argv[1], state=OutboxState.PENDING)
    found = waiting.order_by("id").values_list("pk", flat=True)[:1]
    delivery.deliver(message_id=found.get(), by=None, at=clock.now())
