"""Let a broken other side rest instead of trying everything on it: one circuit breaker per lane,
a row in the database that all processes share (verb).

After MOST_FAILURES in a row the lane is shut for a while; then one message is tried as a probe: its
success opens the lane for the others, its failure doubles the rest. What waits meanwhile loses no
try, and what was on its way when the lane was shut lengthens nothing.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from notifications.models import Lane, Outbox, Trouble
from organisation.models import Staff

MOST_FAILURES = 5
_FIRST_REST = timedelta(seconds=5)
_LONGEST_REST = timedelta(seconds=60)
# As long as a probe may take before another one is sent.
PROBE = timedelta(seconds=20)


def stumbled(
    *, lane: str, trouble: Trouble, error: str, by: Staff | None, at: datetime
) -> None:
    """One more failure in a row; from MOST_FAILURES on the lane is shut for a while."""
    if not Lane.objects.filter(name=lane).exists():
        try:
            with transaction.atomic():
                Lane.objects.create(name=lane)
        except IntegrityError:
            pass  # Another sender was as unlucky at the same moment.
    with transaction.atomic():
        found = Lane.objects.select_for_update(no_key=True).get(name=lane)
        found.failures += 1
        found.failing_since = found.failing_since or at
        found.trouble, found.latest_error = trouble, error
        if found.is_probing or (found.open_until is None and found.failures >= MOST_FAILURES):
            rest = _FIRST_REST * 2 ** min(found.rests, 10)
            found.rests, found.is_probing = found.rests + 1, False
            found.open_until = at + min(rest, _LONGEST_REST)
        found.save()


def recovered(*, lane: str, by: Staff | None, at: datetime) -> None:
    """The other side took something: the lane is open, and what rested is due now."""
    shut = Lane.objects.filter(name=lane, failures__gt=0).first()
    if shut is None:
        return
    Lane.objects.filter(pk=shut.pk).update(
        failures=0, failing_since=None, rests=0, is_probing=False, open_until=None, trouble="",
        latest_error="",
    )
    if shut.open_until is not None:
        rested = Outbox.objects.filter(lane=lane, next_try_at=shut.open_until)
        rested.update(next_try_at=at)


def reopen(*, lanes: Collection[str], by: Staff | None, at: datetime) -> None:
    """A person says that the other side is mended: the next message is the probe, at once."""
    for shut in Lane.objects.filter(name__in=lanes, open_until__gt=at):
        Lane.objects.filter(pk=shut.pk).update(open_until=at)
        Outbox.objects.filter(lane=shut.name, next_try_at=shut.open_until).update(next_try_at=at)


def probe(*, lane: Lane, by: Staff | None, at: datetime) -> bool:
    """Whether the caller is the one that tries the lane whose rest is over."""
    over = Lane.objects.filter(pk=lane.pk, open_until__lte=at)
    return bool(over.update(open_until=at + PROBE, is_probing=True))

