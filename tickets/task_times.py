"""When the engine looks at a task: once to warn, once at its due time (sum)."""

from datetime import datetime

# The share of the time given at which its owner is warned (domain §3c: 80 % of the limit).
_WARNING = 0.8


def first(opened_at: datetime, due_at: datetime) -> datetime:
    """The instant of the warning, counted in elapsed time."""
    return opened_at + (due_at - opened_at) * _WARNING
