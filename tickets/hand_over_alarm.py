"""A hand-over list that nobody signed in time: leader and liaison of the giver hear, once (verb)."""

from datetime import datetime

from django.db import transaction

from assignment import on_duty
from notifications import outbox, silence
from notifications.models import Channel
from organisation.models import Staff
from organisation.roles import Role
from tickets import alarms, handing_over, one_by_one
from tickets.models import HandOver

BATCH = 50


def alarm_due(*, by: Staff | None, at: datetime, limit: int = BATCH) -> int:
    """Tell leader and liaison of the lists unsigned past their limit, each once; the number
    taken. One that raises is pushed 30 seconds away."""
    with transaction.atomic():
        due = HandOver.objects.filter(alarm_at__lte=at).order_by("alarm_at")
        locked = due.select_for_update(no_key=True, skip_locked=True, of=("self",))
        found = list(locked.select_related("giver__unit", "successor")[:limit])
        return one_by_one.each(found, do=_alarm, fires="alarm_at", at=at)


def _alarm(one: HandOver, at: datetime) -> None:
    posts = (Role.UNIT_LEADER, Role.LIAISON)
    duty = on_duty.OnDuty(at, [one.giver.unit])
    answers = [duty.answering(one.giver.unit, role) for role in posts]
    for person in alarms.distinct(*(answer.staff if answer else None for answer in answers)):
        handing_over.tell(hand_over=one, staff=person, code="hand_over_unsigned", by=None, at=at)
        if person.email and not silence.is_kept():
            _mail(one, person, at)
    HandOver.objects.filter(pk=one.pk).update(alarm_at=None, alarmed_at=at)


def _mail(one: HandOver, person: Staff, at: datetime) -> None:
    is_chinese = person.language.startswith("zh")
    names = {
        name: who.name_zh if is_chinese else who.name_en
        for name, who in (("name", person), ("giver", one.giver), ("successor", one.successor))
    }
    row = outbox.row(
        key=f"hand_over_unsigned:{one.pk}:{person.pk}", channel=Channel.EMAIL,
        recipient=person.email, template="hand_over_unsigned", language=person.language,
        facts={**names, "count": one.items.count(), "made_at": one.made_at.isoformat(),
               "hand_over": one.pk},
        subject="", scope_path=one.giver.scope_path, at=at,
    )  # fmt: skip
    outbox.queue(rows=[row], by=None, at=at)
