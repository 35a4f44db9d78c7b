"""Put an in-app notice before a person, inside the caller's transaction (verb)."""

from datetime import datetime
from typing import Any

from notifications import silence
from notifications.models import Notice
from organisation.models import Staff


def put(
    *, key: str, staff: Staff, code: str, subject: str, facts: dict[str, Any],
    by: Staff | None, at: datetime,
) -> None:
    """One notice per key and person, however often the cause is repeated; none for history."""
    if silence.is_kept():
        return
    Notice.objects.bulk_create(
        [Notice(key=key, staff=staff, code=code, subject=subject, facts=facts, created_at=at)],
        ignore_conflicts=True,
    )


def read(*, notice: Notice, by: Staff, at: datetime) -> None:
    """Mark the person's own notice as read."""
    Notice.objects.filter(pk=notice.pk, staff=by, read_at=None).update(read_at=at)


def read_all(*, by: Staff, at: datetime) -> int:
    """Mark everything the person has not read yet as read; the count."""
    return Notice.objects.unread_by(by).update(read_at=at)
