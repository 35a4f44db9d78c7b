"""Put an in-app notice before a person, inside the caller's transaction (verb)."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from notifications import silence
from notifications.models import Held, Notice, Outbox, OutboxState
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


def withdraw(
    *, subject: str, staff_ids: Collection[int], by: Staff | None, at: datetime
) -> None:
    """Take back what these people were told of a matter that is kept from them now, and mails of
    it that have not left."""
    people = Staff.objects.filter(pk__in=staff_ids)
    Notice.objects.filter(subject=subject, staff__in=people).delete()
    Held.objects.filter(subject=subject, staff__in=people, left_at=None).delete()
    to_them = Outbox.objects.filter(
        state=OutboxState.PENDING, recipient__in=people.exclude(email="").values("email")
    )
    to_them.filter(facts__number=subject).delete()
    for bundle in to_them.filter(facts__items__contains=[{"number": subject}]):
        bundle.facts["items"] = [
            one for one in bundle.facts["items"] if one.get("number") != subject
        ]
        bundle.save(update_fields=["facts"])


def retitle(*, subject: str, title: str, by: Staff | None, at: datetime) -> None:
    """Put another title on everything that was told of a matter."""
    told = list(Notice.objects.filter(subject=subject, facts__has_key="title"))
    for notice in told:
        notice.facts["title"] = title
    Notice.objects.bulk_update(told, ["facts"], batch_size=200)
    held = list(Held.objects.filter(subject=subject, left_at=None))
    for waiting in held:
        waiting.facts["title"] = title
    Held.objects.bulk_update(held, ["facts"], batch_size=200)


def read(*, notice: Notice, by: Staff, at: datetime) -> None:
    """Mark the person's own notice as read."""
    Notice.objects.filter(pk=notice.pk, staff=by, read_at=None).update(read_at=at)


def read_of(
    *, subject: str, codes: Collection[str], by: Staff, at: datetime
) -> None:
    """Mark what the person was told of a matter by these codes as read."""
    unread = Notice.objects.unread_by(by).filter(subject=subject, code__in=list(codes))
    unread.update(read_at=at)


def read_all(*, by: Staff, at: datetime) -> int:
    """Mark everything the person has not read yet as read; the count."""
    return Notice.objects.unread_by(by).update(read_at=at)
