"""Turns off the straight way, through the real verbs: given back, resting, helped, promised,
withdrawn, found out (verb).

Every function is a generator as in demonstration.living. A life takes one turn at the most.
"""

from collections.abc import Callable
from datetime import datetime

from demonstration import detour_texts as texts
from demonstration import lives
from demonstration.lives import DAY, HOUR, MINUTE
from demonstration.story import Steps, Story
from organisation.models import Staff
from tickets import (
    adjudication,
    appointment_firing,
    approvals,
    booking,
    co_handling,
    contact,
    disclosing,
    dispatching,
    disputing,
    ending,
    executive_notes,
    extension,
    findings,
    follow_ups,
    owed,
    promising,
    referring,
    refusing,
    resuming,
    returning,
    signing,
    tasks,
)
from tickets.approvals import Matter, Wanted
from tickets.found import Held, Ruling
from tickets.kinds import ClockName, GivenBy, Kind, Means, Priority, ReturnReason
from tickets.models import Appointment, Approval, Clock, Finding, Responsible, Task
from tickets.states import State

Verdict, Part = Finding.Verdict, Responsible.Part


def before_signing(story: Story, at: datetime) -> Steps:
    """What may happen between the dispatch and the signature."""
    turn = _BEFORE_SIGNING.get(story.life.turn)
    return (yield from turn(story, at)) if turn else at


def at_work(story: Story, at: datetime) -> Steps:
    """What may happen between the first contact and the result."""
    turn = _AT_WORK.get(story.life.turn)
    is_first = not story.known().redo_count + story.known().reopen_count
    return (yield from turn(story, at)) if turn and is_first else at


def afterwards(story: Story, at: datetime) -> Steps:
    """What may come after the customer's last word."""
    turn = _AFTERWARDS.get(story.life.turn)
    return (yield from turn(story, at)) if turn else at


def ends(story: Story, at: datetime) -> bool:
    """Whether the work ended here otherwise than done: referred or refused."""
    life = story.life
    if life.turn == "referred":
        body = story.say(texts.BODY)
        handed = referring.Handed(
            body=body, contact="12345", their_number=f"ZX{life.choice:04}",
            taken_over_by=story.say(texts.BODY_PERSON), taken_over_at=at - 10 * MINUTE,
        )  # fmt: skip
        told = ending.Told(story.say(texts.REFERRED), is_customer_told=True)
        story.ticket = referring.refer(
            ticket=story.known(), handed=handed, told=told, by=story.hand(), at=at
        )
    elif life.turn == "refused":
        story.ticket = refusing.refuse(
            ticket=story.known(), reason=story.say(texts.REFUSED), basis=story.say(texts.BASIS),
            is_customer_told=True, by=story.hand(), at=at,
        )  # fmt: skip
    return life.turn in {"referred", "refused"}


def _leader(story: Story) -> Staff | None:
    """The leader of the unit, where they sit in it."""
    leader = story.leader()
    return leader if leader.unit_id == story.lead().pk else None


def _returned(story: Story, at: datetime) -> Steps:
    """Given back once and sent where it was proposed, or twice and then ruled upon."""
    first, proposed = story.lead(), story.neighbour()
    if _leader(story) is None:
        return at
    at = yield from _given_back(story, at, texts.RETURNS[0])
    at += 15 * MINUTE
    yield at
    story.ticket = dispatching.dispatch(
        ticket=story.known(), to=proposed, by=story.by("dispatch"), at=at
    )
    if story.life.turn == "returned" or _leader(story) is None:
        return at
    at = yield from _given_back(story, at, texts.RETURNS[1])
    at = lives.in_office(at + 50 * MINUTE)
    yield at
    story.ticket = adjudication.adjudicate(
        ticket=story.known(), to=first, basis=story.say(texts.RULE), reason=story.say(texts.RULED),
        by=story.by("supervision"), at=at,
    )  # fmt: skip
    return at


def _given_back(story: Story, at: datetime, words: tuple[str, str]) -> Steps:
    proposed, leader = story.neighbour(), story.leader()
    at += 12 * MINUTE
    yield at
    story.ticket = returning.give_back(
        ticket=story.known(), reason_code=ReturnReason.OTHER_DUTY, reason=story.say(words),
        proposed=proposed, by=leader, at=at,
    )  # fmt: skip
    return at


def _transferred(story: Story, at: datetime) -> Steps:
    to = story.neighbour()
    at += 10 * MINUTE
    yield at
    story.ticket = dispatching.transfer(
        ticket=story.known(), to=to, reason=story.say(texts.TRANSFERS), by=story.by("dispatch"),
        at=at,
    )  # fmt: skip
    return at


def _unsigned(story: Story, at: datetime) -> Steps:
    """Nobody signs in time, so the desk does."""
    limit = Clock.objects.filter(ticket=story.known(), name=ClockName.SIGN, measure="max").first()
    if limit is None or limit.due_at is None:
        return at
    at = limit.due_at + MINUTE
    yield at
    story.ticket = signing.auto_sign(ticket=story.known(), by=None, at=at)
    return at


def _asked(story: Story, wanted: Wanted, by: Staff, at: datetime) -> Approval:
    asked = approvals.ask(ticket=story.known(), wanted=wanted, by=by, at=at)
    story.ticket = asked.ticket
    return asked


def _suspended(story: Story, at: datetime) -> Steps:
    """Asked, granted three times out of four, and resumed by the desk on the review date."""
    if story.known().priority == Priority.EMERGENCY:
        return at
    at = lives.in_office(at + 10 * MINUTE)
    yield at
    until = lives.in_office(at + 2 * DAY)
    code, words = texts.RESTS[story.life.choice % len(texts.RESTS)]
    wanted = Wanted(Matter.SUSPENSION, story.say(words), reason_code=code, until=until)
    asked = _asked(story, wanted, story.hand(), at)
    at = lives.in_office(at + HOUR)
    yield at
    supervisor = story.by("supervision")
    if story.life.choice % 4 == 0:
        note = story.say(texts.NO_REST)
        story.ticket = approvals.refuse(approval=asked, note=note, by=supervisor, at=at)
        return at
    story.ticket = approvals.grant(approval=asked, by=supervisor, at=at)
    yield until
    story.ticket = resuming.resume(ticket=story.known(), by=None, at=until)
    return until


def _extended(story: Story, at: datetime) -> Steps:
    """More time, asked for by the leader; the tracker tells the customer."""
    leader = _leader(story)
    at = lives.in_office(at + 20 * MINUTE)
    yield at
    running = [one for one in extension.extendable(story.known()) if one.due_at and one.due_at > at + 8 * HOUR]
    if leader is None or not running or running[0].due_at is None:
        return at
    until = running[0].due_at + DAY
    wanted = Wanted(Matter.EXTENSION, story.say(texts.EXTENDS), clock=running[0].name, until=until)
    asked = _asked(story, wanted, leader, at)
    at += HOUR
    yield at
    story.ticket = approvals.grant(approval=asked, by=story.by("supervision"), at=at)
    at += HOUR
    yield at
    _told(story, at)
    return at


def _told(story: Story, at: datetime) -> None:
    story.ticket = contact.record(
        ticket=story.known(), means=Means.PHONE, is_reached=True, note=story.say(texts.UPDATED),
        by=story.known().tracker, at=at,
    )  # fmt: skip


def _helped(story: Story, at: datetime) -> Steps:
    """Another unit does its part, in time or not."""
    helper = story.neighbour()
    assert helper.leader is not None
    doer = story.world.staff[helper.leader.staff_number]
    at += 15 * MINUTE
    yield at
    task = co_handling.invite(
        ticket=story.known(), unit=helper, text=story.say(texts.HELP), due_at=at + 5 * HOUR,
        by=story.by("dispatch"), at=at,
    )  # fmt: skip
    at += 30 * MINUTE
    yield at
    tasks.sign(task=task, by=doer, at=at)
    at += 7 * HOUR if story.life.turn == "helped_late" else 3 * HOUR
    yield at
    tasks.finish(task=task, result=story.say(texts.HELPED), by=doer, at=at)
    story.known().refresh_from_db()
    return at


def _promised(story: Story, at: datetime) -> Steps:
    """The customer hears by the promised time, or not."""
    at += 10 * MINUTE
    yield at
    until = at + 4 * HOUR
    story.ticket = promising.promise_update(
        ticket=story.known(), until=until, means=Means.PHONE, is_told=True, by=story.hand(), at=at
    )
    if story.life.turn == "promise_missed":
        yield until
        promising.fire_due(by=None, at=until)
        story.known().refresh_from_db()
        at = until + 70 * MINUTE
    else:
        at = until - 30 * MINUTE
    yield at
    _told(story, at)
    return at


def _followed_up(story: Story, at: datetime) -> Steps:
    at += 5 * MINUTE
    yield at
    task = follow_ups.promise(
        ticket=story.known(), text=story.say(texts.FOLLOW_UP), due_at=at + 9 * DAY,
        staff=story.hand(), by=story.hand(), at=at,
    )  # fmt: skip
    story.ticket = task.ticket
    return at


def keep_promises(story: Story, at: datetime) -> Steps:
    """What was promised beyond the answer is done; then the ticket may close."""
    for task in owed.follow_ups(story.known()).select_related("staff", "ticket"):
        assert task.staff is not None
        at = lives.in_office(at + 2 * HOUR)
        yield at
        story.now()
        follow_ups.finish(
            task=task, result=story.say(texts.KEPT), by=story.world.staff[task.staff.staff_number],
            at=at,
        )  # fmt: skip
        story.now()
    return at


def _booked(story: Story, at: datetime) -> Steps:
    """A window agreed with the customer: kept, late or missed."""
    if story.known().priority == Priority.EMERGENCY:
        return at
    at += 5 * MINUTE
    yield at
    from_at = lives.in_service(at + 4 * HOUR)
    to_at = from_at + 3 * HOUR
    booked = booking.book(
        ticket=story.known(), from_at=from_at, to_at=to_at, staff=story.hand(), by=story.hand(),
        at=at,
    )  # fmt: skip
    story.ticket = booked.ticket
    if story.life.turn == "appointment":
        yield from_at
        return from_at
    yield to_at
    appointment_firing.fire_due(by=None, at=to_at)
    story.known().refresh_from_db()
    at = to_at + 40 * MINUTE
    yield at
    if story.life.turn == "appointment_missed":
        booked.refresh_from_db()
        booking.settle(
            appointment=booked, ending=Appointment.Ending.MISSED, note=story.say(texts.MISSED),
            by=story.hand(), at=at,
        )  # fmt: skip
        story.known().refresh_from_db()
    return at


def _disclosed(story: Story, at: datetime) -> Steps:
    at += 5 * MINUTE
    yield at
    given = disclosing.disclose(
        ticket=story.known(), missing=[story.say(one) for one in texts.PAPERS],
        means=GivenBy.PRINT, by=story.hand(), at=at,
    )  # fmt: skip
    story.ticket = given.ticket
    return at


def _withdrawn(story: Story, at: datetime) -> Steps:
    at = lives.in_service(at + HOUR)
    yield at
    if story.now().supervisor_id is not None:
        return at
    wanted = Wanted(Matter.WITHDRAWAL, story.say(texts.WITHDRAWS))
    asked = _asked(story, wanted, story.known().tracker, at)
    at += 30 * MINUTE
    yield at
    if story.now().supervisor_id is None:
        story.ticket = approvals.grant(
            approval=asked, note=story.say(texts.CONFIRMED), by=story.by("callback"), at=at
        )
    return at


def _reclassified(story: Story, at: datetime) -> Steps:
    """A complaint that is none, or one that is of another matter."""
    kind = Kind.OPINION if story.life.choice % 2 else Kind.ENQUIRY
    prefix = f"{'power' if story.life.company == 'LJP' else 'telecom'}-{kind.lower()}"
    code = next(one for one in story.world.categories if one.startswith(f"{prefix}-"))
    at = lives.in_office(at + HOUR)
    yield at
    wanted = Wanted(
        Matter.RECLASSIFICATION, story.say(texts.RECLASSIFIES), new_kind=kind,
        new_category=story.world.categories[code],
    )  # fmt: skip
    asked = _asked(story, wanted, story.by("quality"), at)
    at = lives.in_office(at + 2 * HOUR)
    yield at
    story.ticket = approvals.grant(approval=asked, by=story.by("supervision"), at=at)
    return at


def _annotated(story: Story, at: datetime) -> Steps:
    at = lives.in_office(at + 2 * HOUR)
    yield at
    note = executive_notes.annotate(
        ticket=story.known(), text=story.say(texts.NOTE), staff=story.hand(),
        by=story.by("executives"), at=at,
    )  # fmt: skip
    story.ticket = note.ticket
    order = Task.objects.open().get(ticket=note.ticket, kind="executive")
    at += 90 * MINUTE
    yield at
    tasks.finish(task=order, result=story.say(texts.NOTE_DONE), by=story.hand(), at=at)
    story.known().refresh_from_db()
    return at


def _disputed(story: Story, at: datetime) -> Steps:
    leader, against = _leader(story), story.neighbour()
    if leader is None:
        return at
    at = lives.in_office(at + HOUR)
    yield at
    dispute = disputing.open(
        ticket=story.known(), against=against, matter=story.say(texts.DISPUTE), by=leader, at=at
    )
    at += HOUR
    yield at
    assert against.leader is not None
    answering = story.world.staff[against.leader.staff_number]
    disputing.answer(dispute=dispute, text=story.say(texts.DISPUTE_ANSWER), by=answering, at=at)
    at = lives.in_office(at + 2 * HOUR)
    yield at
    disputing.settle(
        dispute=dispute, decided_for=story.lead() if story.life.choice % 2 else against,
        decision=story.say(texts.DECISION), basis=story.say(texts.RULE),
        by=story.by("supervision"), at=at,
    )  # fmt: skip
    story.known().refresh_from_db()
    return at


def _found(story: Story, at: datetime) -> Steps:
    """A finding after the end, and now and then an appeal."""
    if story.now().state != State.CLOSED:
        return at
    verdict = (Verdict.UPHELD, Verdict.PARTLY, Verdict.NOT_UPHELD)[story.life.choice % 3]
    at = lives.in_office(at + DAY)
    yield at
    chain = [Held(story.lead(), Part.DIRECT)] if verdict != Verdict.NOT_UPHELD else []
    ruling = Ruling(verdict, story.say(texts.FINDINGS[verdict]), chain)
    finding = findings.record(ticket=story.known(), ruling=ruling, by=story.by("quality"), at=at)
    if not chain or story.life.choice % 2:
        return at
    at = lives.in_office(at + 2 * DAY)
    yield at
    appeal = findings.appeal(
        finding=finding, grounds=story.say(texts.APPEAL), by=story.leader(), at=at
    )
    at = lives.in_office(at + 2 * DAY)
    yield at
    findings.decide(
        appeal=appeal, decision=story.say(texts.APPEAL_DECIDED), ruling=None,
        by=story.by("supervision"), at=at,
    )  # fmt: skip
    return at


Turn = Callable[[Story, datetime], Steps]
_BEFORE_SIGNING: dict[str, Turn] = {
    "returned": _returned, "returned_twice": _returned, "transferred": _transferred,
    "unsigned": _unsigned,
}  # fmt: skip
_AT_WORK: dict[str, Turn] = {
    "suspended": _suspended, "extended": _extended, "helped": _helped, "helped_late": _helped,
    "promised": _promised, "promise_missed": _promised, "follow_up": _followed_up,
    "appointment": _booked, "appointment_late": _booked, "appointment_missed": _booked,
    "full_list": _disclosed, "withdrawn": _withdrawn, "reclassified": _reclassified,
    "annotated": _annotated, "disputed": _disputed,
}  # fmt: skip
_AFTERWARDS: dict[str, Turn] = {"follow_up": keep_promises, "found": _found}
