"""The lives of a made company's tickets, honest or with a trace of shirking, as the verbs would
have written them."""

from datetime import datetime, timedelta
from typing import Any

from organisation.models import Staff
from surveys.models import Answer, Attempt
from tests.factories import shirking
from tests.factories.lives import Life, vector
from tests.factories.shirking import DAY, HOUR, MINUTE, Station, World
from tickets.models import Clock, Event, Ticket
from tickets.states import Happening as H
from tickets.states import State

ARRIVE_LIMIT = 90 * MINUTE
REPLY_DAYS = 5
OPEN_SHARE = 0.3
_CATEGORIES = {
    "FAULT": "power-fault-one", "COMPLAINT": "power-complaint-staff",
    "ENQUIRY": "power-enquiry-tariff", "OPINION": "power-opinion-policy",
}  # fmt: skip
_TEXTS = {
    "FAULT": ("家里没电了，请来看看。", "No power in the house since noon."),
    "COMPLAINT": ("师傅来了没修好就走。", "The crew left without repairing it."),
    "ENQUIRY": ("请问阶梯电价怎么算？", "How is the tariff worked out?"),
    "OPINION": ("希望账单再清楚一些。", "The bill could be clearer."),
}
_STRONG = ("你们服务太差，没人管，我要投诉。", "This is unacceptable, nobody cares.")
_BEFORE = ("我上周打过电话，一直没人来。", "I called before and nobody came.")


def fill(world: World) -> None:
    """Every station's tickets, closed ones and open ones."""
    for station in world.stations:
        for _ in range(station.size):
            _live(world, station)
    world.book.write()


def _live(world: World, station: Station) -> None:
    dice = world.dice
    is_open = dice.random() < OPEN_SHARE
    at = world.now - (
        dice.uniform(0.5, 9) * DAY if is_open else dice.uniform(9, shirking.DAYS) * DAY
    )
    kind = _kind(world, station, at)
    life = _received(world, station, at, kind)
    _open(world, station, life) if is_open else _settle(world, station, life)


def _kind(world: World, station: Station, at: datetime) -> str:
    dice = world.dice
    kind = dice.choices(("FAULT", "COMPLAINT", "ENQUIRY", "OPINION"), (40, 25, 25, 10))[0]
    is_late = at > world.now - 30 * DAY
    if kind == "COMPLAINT" and is_late and world.shows(
        station, "complaints-fell", world.book.serial[Ticket] + 1
    ):
        return "ENQUIRY"
    return kind


def _received(world: World, station: Station, at: datetime, kind: str) -> Life:
    dice, pk = world.dice, world.book.serial[Ticket] + 1
    text = dice.choice(_TEXTS[kind])
    if kind in {"ENQUIRY", "OPINION"} and world.shows(station, "strong-words", pk):
        text = dice.choice(_STRONG)
    if world.shows(station, "contact-without-ticket", pk):
        text += dice.choice(_BEFORE)
    fields = shirking.plain_fields(world, station, kind, _CATEGORIES[kind], text)
    return Life(world.book, at=at, by=station.clerk, words=vector(text), **fields)


def _send(world: World, station: Station, life: Life, at: datetime, handler: Staff | None) -> datetime:
    """Dispatched, perhaps sent back and sent again."""
    unit, cast = station.unit, world.cast
    life.step(
        H.DISPATCHED, at, cast.dispatcher, State.DISPATCHED, unit=unit, handler=handler,
        unit_code=unit.code, handler_id=handler.pk if handler else None,
    )  # fmt: skip
    returns = 0
    if world.shows(station, "ping-pong", life.pk):
        returns = world.dice.choice((2, 3)) if world.is_bold(station, "ping-pong") else 1
    elif world.dice.random() < 0.05:
        returns = 1
    for count in range(1, returns + 1):
        at += world.dice.uniform(0.5, 6) * HOUR
        give_back(life, station, at, count)
        at += world.dice.uniform(0.1, 2) * HOUR
        life.step(
            H.DISPATCHED, at, cast.dispatcher, State.DISPATCHED, unit=unit, handler=handler,
            unit_code=unit.code, handler_id=handler.pk if handler else None,
        )  # fmt: skip
    return at


def give_back(life: Life, station: Station, at: datetime, count: int) -> None:
    """The unit's leader returns it."""
    life.ticket["return_count"] = count
    life.step(
        H.RETURNED, at, station.leader, State.NEW, unit=None, handler=None,
        unit_id=station.unit.pk, proposed_unit_id=station.unit.parent_id, reason_code="not_ours",
        reason="不属本所。", count=count,
    )  # fmt: skip


def _open(world: World, station: Station, life: Life) -> None:
    """Still with the unit: with nobody, with somebody absent, in a circle, in a hole, or at work."""
    dice, at = world.dice, life.received_at
    life.clock("reply", world.now + dice.uniform(1, 5) * DAY, limit_id=world.limit)
    sent_at = _send(world, station, life, at + 10 * MINUTE, station.worker)
    is_old = world.now - sent_at > 30 * HOUR
    if is_old and world.shows(station, "nobody-has-it", life.pk):
        return
    holder = station.absent if world.shows(station, "absent-holder", life.pk) else station.worker
    at = sent_at + dice.uniform(0.1, 1.5) * HOUR
    life.step(H.SIGNED, at, station.worker, State.IN_PROGRESS, handler=station.worker)
    if holder is not station.worker:
        at += 5 * MINUTE
        life.step(
            H.REASSIGNED, at, station.leader, handler=holder, from_id=station.worker.pk,
            to_id=holder.pk, reason="换人。",
        )
    contacted = at + dice.uniform(0.1, 1) * HOUR
    if contacted < world.now:
        _contact(life, contacted, station.worker)
    if is_old and world.shows(station, "moves-without-progress", life.pk):
        _circle(world, station, life, contacted)
    is_silent = world.now - contacted > 5.5 * DAY and world.shows(station, "holiday-hole", life.pk)
    if world.now - contacted > 4 * DAY and not is_silent and station.planted != "moves-without-progress":
        recent = max(contacted, life.ticket["latest_event_at"]) + HOUR
        late = world.now - dice.uniform(0.1, 3.5) * DAY
        _contact(life, max(recent, late), station.worker)


def _circle(world: World, station: Station, life: Life, since: datetime) -> None:
    """Given on inside the unit again and again; a timid planter stops in time."""
    moves = world.dice.randint(4, 7) if world.is_bold(station, "moves-without-progress") else 3
    gap = (world.now - since) / (moves + 2)
    people = (station.worker, station.leader)
    for n in range(moves):
        since += gap
        life.step(
            H.REASSIGNED, since, station.leader, handler=people[n % 2], from_id=people[1 - n % 2].pk,
            to_id=people[n % 2].pk, reason="换人。",
        )  # fmt: skip


def _settle(world: World, station: Station, life: Life) -> None:
    """From dispatch to the end."""
    dice, worker = world.dice, station.worker
    at = _send(world, station, life, life.received_at + dice.uniform(2, 20) * MINUTE, worker)
    due = _due(life.received_at)
    life.clock("reply", due, stopped_at=None, limit_id=world.limit)
    if _ended_early(world, station, life, at):
        return
    if world.shows(station, "ended-at-dispatch", life.pk):
        _straight(world, station, life, at)
        return
    at += dice.uniform(5, 90) * MINUTE
    life.step(H.SIGNED, at, worker, State.IN_PROGRESS, handler=worker)
    _beside(world, station, life, at)
    done_at = _work(world, station, life, at, due)
    _finish(world, station, life, done_at)


def _due(at: datetime) -> datetime:
    """The close of business on the day, 17:00 in Shanghai."""
    return (at + REPLY_DAYS * DAY).replace(hour=9, minute=0, second=0, microsecond=0)


def _ended_early(world: World, station: Station, life: Life, at: datetime) -> bool:
    """Merged into another, or withdrawn by the customer."""
    dice, cast = world.dice, world.cast
    if world.shows(station, "split-and-merged", life.pk):
        life.step(H.MERGED, at + 5 * MINUTE, cast.dispatcher, State.MERGED, into="20260101-1-0")
        return True
    if world.shows(station, "withdrawn-after-contact", life.pk):
        at += dice.uniform(5, 60) * MINUTE
        life.step(H.SIGNED, at, station.worker, State.IN_PROGRESS, handler=station.worker)
        _contact(life, at + 20 * MINUTE, station.worker)
        hours = dice.uniform(1, 40) if world.is_bold(station, "withdrawn-after-contact") else 60
        gone = at + 20 * MINUTE + hours * HOUR
        life.ticket |= {"closed_at": gone, "outcome": "withdrawn"}
        life.step(
            H.WITHDRAWN, gone, cast.callback_agent, State.CANCELLED, reason="客户撤回。",
            asked_by_id=station.worker.pk,
        )
        return True
    return False


def _straight(world: World, station: Station, life: Life, at: datetime) -> None:
    """Signed by the desk after hours of nobody, and done at once; or both within minutes."""
    if world.dice.random() < 0.5:
        at += 4 * HOUR
        life.step(
            H.AUTO_SIGNED, at, None, State.IN_PROGRESS, handler=station.worker, unit_id=station.unit.pk
        )
    else:
        at += MINUTE
        life.step(H.SIGNED, at, station.worker, State.IN_PROGRESS, handler=station.worker)
    at += world.dice.uniform(1, 3) * MINUTE
    life.done(at, station.worker)
    _finish(world, station, life, at)


def _beside(world: World, station: Station, life: Life, at: datetime) -> None:
    """What is changed about the ticket on the side."""
    cast, row = world.cast, life.ticket
    if world.shows(station, "priority-overrides", life.pk):
        row["priority"] = "urgent"
        life.step(
            H.PRIORITY_CHANGED, at + MINUTE, cast.supervisor, level_from=4, level_to=4,
            reason="领导关注。", **{"from": "normal", "to": "urgent"},
        )  # fmt: skip
    if row["kind"] == "COMPLAINT" and world.shows(station, "downgraded", life.pk):
        row["kind"] = "OPINION"
        life.step(
            H.RECLASSIFIED, at + 2 * MINUTE, cast.supervisor, from_kind="COMPLAINT",
            to_kind="OPINION", from_category="power-complaint-staff",
            to_category="power-opinion-policy", is_downgrade=True, reason="客户只是提意见。",
        )  # fmt: skip


def _work(world: World, station: Station, life: Life, at: datetime, due: datetime) -> datetime:
    """Contact, arrival and the report; when it was done."""
    dice, worker, row = world.dice, station.worker, life.ticket
    is_quick = row["kind"] in {"FAULT", "COMPLAINT"} and world.shows(
        station, "done-at-once", life.pk
    )
    if is_quick:
        _contact(life, at + 30 * timedelta(seconds=1), worker)
        minutes = dice.uniform(1, 9) if world.is_bold(station, "done-at-once") else 20
        life.done(at + minutes * MINUTE, worker)
        return at + minutes * MINUTE
    if not world.shows(station, "done-without-contact", life.pk):
        at += dice.uniform(5, 60) * MINUTE
        _contact(life, at, worker)
        if world.shows(station, "several-voices", life.pk):
            other = dice.choice([s for s in world.stations if s is not station])
            at += HOUR
            _contact(life, at, other.worker)
        if row["kind"] == "FAULT":
            at = _arrive(world, station, life, at)
    done_at = _stop(world, station, life, at, due) or _done_at(world, station, life, at, due)
    life.done(done_at, worker)
    return done_at


def _contact(life: Life, at: datetime, by: Staff) -> None:
    life.step(H.CONTACTED, at, by, means="phone", reached=True, note="已联系。")


def _arrive(world: World, station: Station, life: Life, at: datetime) -> datetime:
    """On site, typed at once as a rule; the limit is an hour and a half from receipt."""
    dice, received = world.dice, life.received_at
    minutes = 65 * (2.7183 ** dice.gauss(0, 0.5))
    arrived = max(at + 2 * MINUTE, received + minutes * MINUTE)
    life.clock("arrive", received + ARRIVE_LIMIT, stopped_at=arrived)
    if world.shows(station, "typed-in-later", life.pk):
        typed = arrived
        if station.planted == "typed-in-later":
            typed = received + dice.uniform(0.9, 0.995) * ARRIVE_LIMIT
        later = dice.uniform(16, 90) if world.is_bold(station, "typed-in-later") else 8
        arrived = typed + later * MINUTE
        life.step(H.ARRIVED, arrived, station.worker, typed_at=typed.isoformat())
        return max(arrived, at)
    typed_facts: dict[str, Any] = {}
    if dice.random() < 0.15:
        typed_facts["typed_at"] = arrived.isoformat()
        arrived += dice.uniform(1, 10) * MINUTE
    life.step(H.ARRIVED, arrived, station.worker, **typed_facts)
    return arrived


def _stop(
    world: World, station: Station, life: Life, at: datetime, due: datetime
) -> datetime | None:
    """Suspended shortly before it was due, and done days later."""
    if at > due - 10 * HOUR or not world.shows(station, "stopped-when-due", life.pk):
        return None
    before = world.dice.uniform(0.2, 7) if world.is_bold(station, "stopped-when-due") else 9
    stopped = due - before * HOUR
    life.step(
        H.SUSPENDED, stopped, world.cast.supervisor, State.SUSPENDED, reason_code="parts",
        reason="等配件。", until=(stopped + 2 * DAY).isoformat(), asked_by_id=station.worker.pk,
    )  # fmt: skip
    resumed = stopped + 2 * DAY
    life.step(H.RESUMED, resumed, None, State.IN_PROGRESS, why="review_date")
    return resumed + world.dice.uniform(1, 5) * HOUR


def _done_at(
    world: World, station: Station, life: Life, at: datetime, due: datetime
) -> datetime:
    """On a working day, before going home rather than in the morning."""
    dice = world.dice
    if due - 40 * MINUTE > at and world.shows(station, "last-minutes", life.pk):
        minutes = dice.uniform(1, 29) if world.is_bold(station, "last-minutes") else 45
        return due - minutes * MINUTE
    day = (at + dice.choice((0, 1, 1, 2, 2, 3, 4, 5, 6)) * DAY).replace(hour=1, minute=0, second=0)
    hour = dice.choice((0.5, 1, 2, 3, 5, 6, 7, 7.5, 7.7))
    done = day + (hour + dice.uniform(0, 0.4)) * HOUR
    return done if done > at + 12 * MINUTE else at + dice.uniform(0.5, 5) * HOUR


def _finish(world: World, station: Station, life: Life, done_at: datetime) -> None:
    """Review, callback, end, and what comes after it."""
    dice, cast = world.dice, world.cast
    for row in world.book.rows[Clock][-3:]:
        if row["ticket_id"] == life.pk and row["name"] == "reply":
            row["stopped_at"] = done_at
    _twins(world, station, life, done_at)
    at = done_at + dice.uniform(0.5, 20) * HOUR
    life.approve(at, cast.reviewer)
    if dice.random() < 0.5:
        life.close(at + 3 * DAY, None, "window_over")
        return
    _call(world, station, life, at)


def _call(world: World, station: Station, life: Life, at: datetime) -> None:
    """The callback, perhaps after the unit's own call; the answer."""
    dice, agent = world.dice, world.cast.callback_agent
    called = at + dice.uniform(5, 40) * HOUR
    if world.shows(station, "called-first", life.pk):
        hours = dice.uniform(0.2, 3.8) if world.is_bold(station, "called-first") else 4.9
        _contact(life, called - hours * HOUR, station.worker)
    phone = life.ticket["contact_phone"]
    if world.shows(station, "contact-changed", life.pk):
        phone = "13800000000"
    asking = life.asking(at, at + 3 * DAY, world.plan, phone=phone, ended_at=called, ending="by_phone")
    world.book.add(Attempt, invitation_id=asking, result="completed", by_id=agent.pk, at=called)
    is_unsolved = world.shows(station, "said-unsolved", life.pk)
    world.book.add(
        Answer, invitation_id=asking, instrument_id=world.instrument, mode="phone",
        solved="not" if is_unsolved else "solved", satisfied="fairly", consequence="closed",
        by_id=agent.pk, at=called,
    )  # fmt: skip
    life.close(called, agent)


def _twins(world: World, station: Station, life: Life, done_at: datetime) -> None:
    """The same matter again after the work, or the same one twice at the same time."""
    if world.shows(station, "repeated", life.pk):
        days = world.dice.uniform(0.5, 6.5) if world.is_bold(station, "repeated") else 9
        _twin(world, station, life, min(done_at + days * DAY, world.now - HOUR))
    if world.shows(station, "sent-several-times", life.pk):
        hours = world.dice.uniform(0.2, 3.5) if world.is_bold(station, "sent-several-times") else 6
        _twin(world, station, life, life.received_at + hours * HOUR)


def _twin(world: World, station: Station, life: Life, at: datetime) -> None:
    """Another ticket of the same place, caller and sort, simply handled."""
    same = ("kind", "original_kind", "category_id", "subject", "text", "premises_id",
            "contact_phone", "contact_phone_hash", "words")  # fmt: skip
    fields = {name: life.ticket[name] for name in same}
    if "打过" in fields["text"] or "before" in fields["text"]:
        fields |= {"text": "同样的事。", "words": vector("同样的事。")}
    twin = Life(world.book, at=at, by=station.clerk, **fields)
    twin.step(
        H.DISPATCHED, at + 5 * MINUTE, world.cast.dispatcher, State.DISPATCHED, unit=station.unit,
        handler=station.worker, unit_code=station.unit.code, handler_id=station.worker.pk,
    )  # fmt: skip
    twin.step(
        H.SIGNED, at + 20 * MINUTE, station.worker, State.IN_PROGRESS, handler=station.worker
    )
    for n in range(1, 4):
        if at + n * HOUR < world.now:
            _contact(twin, at + n * HOUR, station.worker)


def events_of(pk: int) -> list[Event]:
    return list(Event.objects.filter(ticket=pk).order_by("id"))
