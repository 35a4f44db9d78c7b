"""Findings of responsibility (责任认定) with their chain, and appeals against them (verb)."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff
from servicedesk.lib.errors import DeskError
from tickets import found, transition
from tickets.found import APPEAL_WINDOW, Part, Ruling, Verdict
from tickets.models import Appeal, Finding, Responsible, Ticket
from tickets.states import Move


class NoteMissing(DeskError):
    """A finding, an appeal and its decision each rest on something written down."""

    message = _("Write down what it rests on. Nothing was changed.")


class ChainMissing(DeskError):
    """An upheld finding names who is directly responsible (S1: the whole chain)."""

    message = _("Name the unit that is directly responsible, or find that it is not upheld.")
    field = "unit"


class ChainTooMuch(DeskError):
    """A finding that upholds nothing holds nobody responsible."""

    message = _("Nobody is responsible for what is not upheld. Leave units and people empty.")
    field = "unit"


class NotOfThatUnit(DeskError):
    """A person is held responsible as one of their unit."""

    message = _("%(name)s is not of %(unit)s. Choose a person of that unit.")
    field = "staff"


class InTheChain(DeskError):
    """Nobody finds on, or decides an appeal about, themselves or their own unit."""

    message = _("Somebody outside the units and people concerned decides this.")
    http_status = 403


class AppealOpen(DeskError):
    """An open appeal is decided before anything else is found."""

    message = _("An appeal is open. Decide it first.")


class NotConcerned(DeskError):
    """Only whom the finding holds responsible, or their leader, appeals it."""

    message = _("Only the people and unit leaders the finding names may appeal it.")
    http_status = 403


class TooLateToAppeal(DeskError):
    """The time for an appeal has passed."""

    message = _("The 15 days for an appeal have passed.")


class AppealedAlready(DeskError):
    """A finding is appealed once."""

    message = _("This finding was appealed already.")


class OutOfForce(DeskError):
    """A later finding has taken the place of this one."""

    message = _("A later finding has replaced this one.")


class DecidedAlready(DeskError):
    """The appeal is decided."""

    message = _("This appeal is decided already. Nothing was changed.")


class OwnFinding(DeskError):
    """An appeal is decided by another person than who found (domain §3b)."""

    message = _("Somebody else than who recorded the finding, or appealed it, decides the appeal.")
    http_status = 403


def record(
    *, ticket: Ticket, ruling: Ruling, by: Staff, at: datetime, version: int | None = None
) -> Finding:
    """A finding by somebody concerned in nothing of it; it replaces the one before, and tells
    everybody it names. Raises NoteMissing, ChainMissing, ChainTooMuch, NotOfThatUnit, InTheChain,
    AppealOpen."""
    _check(ruling, by)
    with transition.step(ticket, Move.FIND, by=by, at=at, version=version) as step:
        if Appeal.objects.filter(finding__ticket=step.ticket, decided_at=None).exists():
            raise AppealOpen
        finding = _write(step, ruling)
        step.facts |= {
            "finding": finding.pk, "verdict": finding.verdict, "note": finding.note,
        }  # fmt: skip
    return finding


def appeal(*, finding: Finding, grounds: str, by: Staff, at: datetime) -> Appeal:
    """The word of whom the finding names, within 15 calendar days and once (定责申诉). Raises
    NoteMissing, NotConcerned, TooLateToAppeal, AppealedAlready, OutOfForce."""
    if not grounds.strip():
        raise NoteMissing
    if not found.is_concerned(by, finding):
        raise NotConcerned
    with transition.step(finding.ticket, Move.APPEAL, by=by, at=at) as step:
        if step.at > finding.at + APPEAL_WINDOW:
            raise TooLateToAppeal
        if finding.appeals.exists():
            raise AppealedAlready
        if found.in_force(step.ticket) != finding:
            raise OutOfForce
        opened = Appeal.objects.create(finding=finding, by=by, at=step.at, grounds=grounds.strip())
        step.facts |= {"finding": finding.pk, "appeal": opened.pk, "reason": opened.grounds}
        step.tell(finding.by, "appealed")
        step.tell(step.ticket.supervisor, "appealed")
    return opened


def decide(
    *, appeal: Appeal, decision: str, ruling: Ruling | None, by: Staff, at: datetime
) -> Appeal:
    """The answer to an appeal by another than who found: `ruling` is the finding that takes its
    place where the appeal is accepted, None where it is not. Raises NoteMissing, OwnFinding,
    InTheChain, DecidedAlready and what a ruling raises."""
    if not decision.strip():
        raise NoteMissing
    finding = appeal.finding
    if by.pk in (finding.by_id, appeal.by_id):
        raise OwnFinding
    if ruling is not None:
        _check(ruling, by)
    if found.is_touched(by, finding):
        raise InTheChain
    with transition.step(finding.ticket, Move.DECIDE_APPEAL, by=by, at=at) as step:
        rows = Appeal.objects.select_for_update(no_key=True, of=("self",))
        locked = rows.select_related("by", "finding__by").get(pk=appeal.pk)
        if locked.decided_at is not None:
            raise DecidedAlready
        locked.decided_by, locked.decided_at, locked.decision = by, step.at, decision.strip()
        locked.is_accepted = ruling is not None
        locked.save()
        later = _write(step, ruling) if ruling else None
        step.facts |= {
            "finding": finding.pk, "appeal": locked.pk, "is_accepted": locked.is_accepted,
            "reason": locked.decision, "verdict": later.verdict if later else finding.verdict,
        }  # fmt: skip
        step.tell(locked.by, "appeal_decided")
        step.tell(locked.finding.by, "appeal_decided")
    return locked


def _check(ruling: Ruling, by: Staff) -> None:
    if not ruling.note.strip():
        raise NoteMissing
    is_upheld = ruling.verdict != Verdict.NOT_UPHELD
    if is_upheld and not any(held.part == Part.DIRECT for held in ruling.chain):
        raise ChainMissing
    if not is_upheld and ruling.chain:
        raise ChainTooMuch
    for held in ruling.chain:
        if held.staff is not None and not held.staff.unit.is_within(held.unit):
            raise NotOfThatUnit(name=held.staff, unit=held.unit)
        if held.staff == by or by.unit.is_within(held.unit):
            raise InTheChain


def _write(step: transition.Step, ruling: Ruling) -> Finding:
    assert step.by is not None
    finding = Finding.objects.create(
        ticket=step.ticket, verdict=ruling.verdict, note=ruling.note.strip(), by=step.by, at=step.at
    )
    Responsible.objects.bulk_create(
        Responsible(finding=finding, unit=held.unit, staff=held.staff, part=held.part)
        for held in ruling.chain
    )
    step.ticket.finding = ruling.verdict
    for person in _named(ruling):
        step.tell(person, "found")
    return finding


def _named(ruling: Ruling) -> list[Staff]:
    """The people named, and the leaders of the units named."""
    people = {held.staff.pk for held in ruling.chain if held.staff}
    units = [held.unit.pk for held in ruling.chain]
    leads = Q(leader_of__in=units)
    return list(Staff.objects.filter(Q(pk__in=people) | leads, is_active=True).distinct())
