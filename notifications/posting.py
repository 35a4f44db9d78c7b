"""What leaves the desk for one person: at once, at the end of their quiet hours, in their digest, or
together with whatever else they hear in these seconds (verb).

Everything is rows written in the caller's transaction. What waits is a Held row with the instant at
which it may leave; releasing it writes the message and the mark in one commit, so that nothing is
lost or sent twice whatever process dies. Only what says so can wait: what is due, escalated,
confidential or about safety never does.
"""

import logging
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from notifications import outbox, silence
from notifications.models import Channel, Held, Outbox, Preference
from organisation.models import Staff
from servicedesk.lib import table_insert

# More than so many mails to one person in one batch leave as one.
MOST_AT_ONCE = 5
# So long what one person hears in a backlog is gathered.
GATHERED = timedelta(seconds=3)
MOST_IN_ONE_MAIL = 300
_PUSHED_AWAY = timedelta(seconds=30)
_KEPT = timedelta(days=30)

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Post:
    """Something to tell one person outside the desk. `key` is the same however often this is tried;
    `number` is the reference number, `subject` the same or, of a confidential matter, nothing.
    `can_wait` for a reminder; `stands_alone` for what is never bundled."""

    staff: Staff
    key: str
    code: str
    number: str
    subject: str
    facts: dict[str, Any]
    scope_path: str
    can_wait: bool = False
    stands_alone: bool = False


def post(
    *, posts: Sequence[Post], by: Staff | None, at: datetime, is_backlog: bool = False
) -> None:
    """Write what is to leave, with three statements however many; `is_backlog` gathers all that can
    be bundled. History sends nothing."""
    preferences = {} if silence.is_kept() else _preferences({one.staff.pk for one in posts})
    heard = Counter(one.staff.pk for one in posts if not one.stands_alone)
    messages: list[Outbox] = []
    held: list[Held] = []
    for one in posts:
        preference = preferences.get(one.staff.pk)
        is_many = is_backlog or heard[one.staff.pk] > MOST_AT_ONCE
        waits = None if silence.is_kept() else _waits(one, preference, at, is_many)
        if waits is not None:
            held.append(_held(one, waits[0], waits[1], at))
        else:
            messages += _messages(one, preference, at)
    table_insert.new(held, skip_known=True)
    outbox.queue(rows=messages, by=by, at=at)


def _preferences(staff_ids: Iterable[int]) -> dict[int, Preference]:
    return {one.staff_id: one for one in Preference.objects.filter(staff__in=staff_ids)}


def _waits(
    one: Post, preference: Preference | None, at: datetime, is_many: bool
) -> tuple[Held.Until, datetime] | None:
    """Until what and when it waits; None for what leaves at once."""
    if one.stands_alone or not (one.staff.email or (preference and preference.wants_texts)):
        return None
    if one.can_wait and preference is not None:
        leaves_at = preference.wish.leaves_at(at)
        if leaves_at > at:
            is_digest = preference.digest_at is not None
            return (Held.Until.DIGEST if is_digest else Held.Until.QUIET_ENDS), leaves_at
    return (Held.Until.MANY, at + GATHERED) if is_many else None


def _held(one: Post, until: Held.Until, due_at: datetime, at: datetime) -> Held:
    return Held(
        key=f"{one.key}:{one.staff.pk}", staff=one.staff, until=until, code=one.code,
        subject=one.number, facts=one.facts, scope_path=one.scope_path,
        is_urgent=not one.can_wait, created_at=at, due_at=due_at,
    )  # fmt: skip


def _messages(one: Post, preference: Preference | None, at: datetime) -> list[Outbox]:
    """The mail where the person has an address, and the text message where they wish for one."""
    found = []
    key, facts = f"{one.key}:{one.staff.pk}", {**one.facts, "number": one.number}
    if one.staff.email:
        found.append(
            _row(one.staff, Channel.EMAIL, key, one.code, facts, one.subject, one.scope_path, at)
        )
    if preference is not None and preference.wants_texts and not one.can_wait:
        found.append(
            _text(one.staff, preference, key, "urgent", {**facts, "code": one.code}, one, at)
        )
    return found


def _text(
    staff: Staff, preference: Preference, key: str, template: str, facts: dict[str, Any],
    about: Post | Held, at: datetime,
) -> Outbox:
    subject = "" if isinstance(about, Post) and not about.subject else about.subject
    found = _row(staff, Channel.SMS, key, template, facts, subject, about.scope_path, at)
    found.recipient = preference.mobile
    return found


def _row(
    staff: Staff, channel: Channel, key: str, template: str, facts: dict[str, Any], subject: str,
    scope_path: str, at: datetime,
) -> Outbox:
    name = staff.name_zh if staff.language.startswith("zh") else staff.name_en
    return outbox.row(
        key=key, channel=channel, recipient=staff.email, template=template,
        language=staff.language, facts={**facts, "name": name}, subject=subject,
        scope_path=scope_path, at=at,
    )  # fmt: skip


def release_due(*, by: Staff | None, at: datetime, limit: int = 500) -> int:
    """Let leave what has waited long enough, one message for all that one person hears; the number
    of rows taken."""
    with transaction.atomic():
        rows = _claim(at, limit)
        by_person: dict[int, list[Held]] = defaultdict(list)
        for row in rows:
            by_person[row.staff_id].append(row)
        preferences = _preferences(by_person)
        for staff_id, waiting in by_person.items():
            for n in range(0, len(waiting), MOST_IN_ONE_MAIL):
                _release_safely(waiting[n : n + MOST_IN_ONE_MAIL], preferences.get(staff_id), by, at)
    return len(rows)


def _claim(at: datetime, limit: int) -> list[Held]:
    """What is due, and with it what the same people hear within these seconds; four times the limit
    at the most, so that the engine is soon back at what it must fire."""
    waiting = Held.objects.select_for_update(no_key=True, skip_locked=True, of=("self",))
    first = list(
        waiting.filter(due_at__lte=at).order_by("due_at").values_list("staff_id", flat=True)[:limit]
    )
    if not first:
        return []
    found = waiting.filter(staff__in=set(first), due_at__lte=at + GATHERED)
    return list(found.select_related("staff").order_by("staff_id", "id")[: 4 * limit])


def _release_safely(
    rows: list[Held], preference: Preference | None, by: Staff | None, at: datetime
) -> None:
    """A person whose message cannot be written never holds up the others."""
    try:
        with transaction.atomic():
            _release(rows, preference, by, at)
    except Exception:
        _log.exception("%d held rows could not leave and are pushed away", len(rows))
        Held.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=at + _PUSHED_AWAY)


def _release(
    rows: list[Held], preference: Preference | None, by: Staff | None, at: datetime
) -> None:
    first, staff = rows[0], rows[0].staff
    messages: list[Outbox] = []
    key = first.key if len(rows) == 1 else f"bundle:{first.pk}:{staff.pk}"
    if staff.is_active and staff.email:
        messages.append(_mail(rows, key, at))
    urgent = [row for row in rows if row.is_urgent]
    if staff.is_active and urgent and preference is not None and preference.wants_texts:
        facts = {**urgent[0].facts, "number": urgent[0].subject, "code": urgent[0].code}
        facts["others"] = len(urgent) - 1
        messages.append(_text(staff, preference, key, "urgent", facts, urgent[0], at))
    outbox.queue(rows=messages, by=by, at=at)
    Held.objects.filter(pk__in=[row.pk for row in rows]).update(
        due_at=None, left_at=at, message_key=key
    )


def _mail(rows: list[Held], key: str, at: datetime) -> Outbox:
    first = rows[0]
    if len(rows) == 1:
        facts = {**first.facts, "number": first.subject}
        return _row(
            first.staff, Channel.EMAIL, key, first.code, facts, first.subject, first.scope_path, at
        )
    items = [
        {**row.facts, "number": row.subject, "code": row.code, "told_at": row.created_at.isoformat()}
        for row in rows
    ]
    facts = {"items": items, "until": first.until, "count": len(rows)}
    subject = f"{first.subject} +{len(rows) - 1}"
    return _row(first.staff, Channel.EMAIL, key, "bundle", facts, subject, first.scope_path, at)


def forget(*, by: Staff | None, at: datetime) -> int:
    """Drop what left more than a month ago; the message and the notice stay. The count."""
    return Held.objects.filter(left_at__lt=at - _KEPT).delete()[0]
