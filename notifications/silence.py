"""History loaded is not lived: while it is being written, nobody is told (ledger)."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from notifications.models import Outbox

_unsent: ContextVar[list[Outbox] | None] = ContextVar("unsent", default=None)


@contextmanager
def during_history() -> Iterator[list[Outbox]]:
    """Inside, no notice and no message is written; gives the messages that were left unwritten."""
    withheld: list[Outbox] = []
    token = _unsent.set(withheld)
    try:
        yield withheld
    finally:
        _unsent.reset(token)


def is_kept() -> bool:
    """Whether history is being written."""
    return _unsent.get() is not None


def withhold(messages: list[Outbox]) -> bool:
    """Keep the messages back if history is being written; whether they were."""
    withheld = _unsent.get()
    if withheld is None:
        return False
    withheld.extend(messages)
    return True
