"""Reported done, and was it? Without contact, at once, unsolved, again, straight from dispatch
(虚假办结, 一派了之: domain §6 rows 3, 27) (question)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reports.watch import neighbours, story, traces
from reports.watch.definition import Column, Look, Measured, Pattern, Shown, Threshold
from reports.watch.story import Story
from surveys.models import Answer
from surveys.models.answer import Solved
from tickets.kinds import Kind, Outcome
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening as H

# Work that needs hands or at least a talk; an enquiry may be answered in one breath.
_NEEDS_HANDS = (Kind.FAULT, Kind.COMPLAINT)

# Anything a person of the unit did on the matter itself.
_WORK = (
    H.CONTACTED, H.CONTACT_TRIED, H.ARRIVED, H.BOOKED, H.DISCLOSED, H.TASK_DONE, H.REFERRED,
    H.REFUSED,
)  # fmt: skip
_SENT = (H.DISPATCHED, H.TRANSFERRED, H.ADJUDICATED)


def _finished(look: Look) -> TicketQuerySet:
    """Reported done by a unit: not settled while the customer waited, not refused or referred."""
    return look.done().filter(outcome=Outcome.DONE)


def _handled(look: Look) -> TicketQuerySet:
    return _finished(look).filter(kind__in=_NEEDS_HANDS)


def _without_contact(look: Look) -> TicketQuerySet:
    """The customer is said to have been told, and nobody ever spoke with them."""
    return _finished(look).filter(~traces.has(*traces.MET), no_reply_reason="")


def _tell_contact(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        done = told.latest(ticket, H.DONE)
        tried = len(told.events(ticket, H.CONTACT_TRIED))
        return told.person(done), ticket.done_at, tried, ticket.result

    return story.each(tickets, values)


DONE_WITHOUT_CONTACT = Pattern(
    "done-without-contact", (3,), _("Done without contact"),
    _("Reported done, with the customer said to have been told, though no talk and no visit is on"
      " record."),
    _("Somebody may have called without writing it down. Ask the customer; the recording of calls"
      " shows it too."),
    hits=_without_contact, base=_finished,
    columns=(
        Column(_("Reported by"), Shown.TEXT), Column(_("Done"), Shown.MOMENT),
        Column(_("Tries"), Shown.COUNT), Column(_("Result"), Shown.WORDS),
    ),
    evidence=_tell_contact, acts=("review", "supervise"),
)  # fmt: skip


def _at_once(look: Look) -> TicketQuerySet:
    just_signed = traces.has(
        H.SIGNED, H.AUTO_SIGNED, at__gt=OuterRef("done_at") - look.minutes("at_once"),
        at__lte=OuterRef("done_at"),
    )  # fmt: skip
    return _handled(look).filter(just_signed, ~traces.has(H.ARRIVED))


def _tell_at_once(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        signed, done = told.latest(ticket, H.SIGNED, H.AUTO_SIGNED), told.latest(ticket, H.DONE)
        taken = ticket.done_at - signed.at if signed and ticket.done_at else None
        met = len(told.events(ticket, *traces.MET))
        return told.person(done), signed.at if signed else None, taken, met, ticket.result

    return story.each(tickets, values)


DONE_AT_ONCE = Pattern(
    "done-at-once", (3,), _("Done within minutes"),
    _("Faults and complaints reported done so soon after signing that no work fits between, and"
      " nobody arrived anywhere."),
    _("Crews sometimes sign when the work is over. Then the late signing is the matter to speak"
      " about."),
    hits=_at_once, base=_handled,
    columns=(
        Column(_("Reported by"), Shown.TEXT), Column(_("Signed for"), Shown.MOMENT),
        Column(_("Done after"), Shown.LENGTH), Column(_("Talks"), Shown.COUNT),
        Column(_("Result"), Shown.WORDS),
    ),
    evidence=_tell_at_once,
    thresholds=(
        Threshold(
            "at_once", _("Done sooner than this after signing"), Decimal(10), Measured.MINUTES,
            _("A fault needs a way and a hand, a complaint at least a talk."),
        ),
    ),
    acts=("review", "supervise"),
)  # fmt: skip


def _answers(look: Look) -> Any:
    return Answer.objects.counted().filter(**look.within("at"))


def _asked(look: Look) -> TicketQuerySet:
    return look.reader_tickets.filter(pk__in=_answers(look).values("invitation__ticket_id"))


def _unsolved(look: Look) -> TicketQuerySet:
    unsolved = _answers(look).filter(solved=Solved.NOT).values("invitation__ticket_id")
    return look.reader_tickets.filter(pk__in=unsolved)


def _tell_unsolved(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    answers = {
        answer.invitation.ticket_id: answer
        for answer in Answer.objects.filter(invitation__ticket__in=[t.pk for t in tickets])
        .filter(solved=Solved.NOT).select_related("invitation").order_by("at")
    }  # fmt: skip

    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        said = answers[ticket.pk]
        done = told.latest(ticket, H.DONE, H.RESOLVED_ON_THE_SPOT)
        by, at = told.person(done), done.at if done else None
        return by, at, said.at, said.get_satisfied_display(), said.get_mode_display()

    return story.each(tickets, values)


SAID_UNSOLVED = Pattern(
    "said-unsolved", (3,), _("Done, the customer says not"),
    _("Reported done, and the customer answered in the callback that the problem is not solved."),
    _("What a customer wants may lie outside what the unit can do; then the answer should have said"
      " so, with grounds."),
    hits=_unsolved, base=_asked,
    columns=(
        Column(_("Reported by"), Shown.TEXT), Column(_("Done"), Shown.MOMENT),
        Column(_("Customer said so"), Shown.MOMENT), Column(_("Satisfaction"), Shown.TEXT),
        Column(_("Asked by"), Shown.TEXT),
    ),
    evidence=_tell_unsolved,
)  # fmt: skip


def _again(look: Look) -> TicketQuerySet:
    return _finished(look).filter(neighbours.again_within(look.days("again")))


def _tell_again(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    near = neighbours.near(tickets, look.visible)

    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        assert ticket.done_at is not None
        until = ticket.done_at + look.days("again")
        found = near.of(ticket, since=ticket.done_at, until=until)[:5]
        after = found[0].received_at - ticket.done_at if found else None
        done = told.latest(ticket, H.DONE)
        return told.person(done), ticket.done_at, after, [one.number for one in found]

    return story.each(tickets, values)


REPEATED = Pattern(
    "repeated", (3,), _("Done, and the same again"),
    _("Reported done, and the same matter logged anew by the same caller or at the same place within"
      " days."),
    _("The same sort of trouble can strike twice for another reason, above all in storms."),
    hits=_again, base=_finished,
    columns=(
        Column(_("Reported by"), Shown.TEXT), Column(_("Done"), Shown.MOMENT),
        Column(_("Again after"), Shown.LENGTH), Column(_("New tickets"), Shown.NUMBERS),
    ),
    evidence=_tell_again,
    thresholds=(
        Threshold(
            "again", _("Same matter again within"), Decimal(7), Measured.DAYS,
            _("A repair that holds, holds for a week."),
        ),
    ),
    acts=("reopen", "supervise"),
)  # fmt: skip


def _straight_from_dispatch(look: Look) -> TicketQuerySet:
    """No trace of work, and either nobody signed in person, or the end came with the dispatch."""
    just_sent = traces.has(
        *_SENT, at__gt=OuterRef("done_at") - look.minutes("straight"), at__lte=OuterRef("done_at")
    )
    is_signed = traces.has(H.SIGNED, by_id__isnull=False)
    return _finished(look).filter(~traces.has(*_WORK)).filter(Q(just_sent) | ~Q(is_signed))


def _tell_straight(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        sent, done = told.latest(ticket, *_SENT), told.latest(ticket, H.DONE)
        signed = told.latest(ticket, H.SIGNED, H.AUTO_SIGNED)
        after = ticket.done_at - sent.at if sent and ticket.done_at else None
        how = signed.get_code_display() if signed else "–"
        return told.person(done), sent.at if sent else None, how, after, ticket.result

    return story.each(tickets, values)


ENDED_AT_DISPATCH = Pattern(
    "ended-at-dispatch", (27,), _("Ended at dispatch"),
    _("Reported done without any work on record: nobody signed for it in person, or the end came"
      " within minutes of sending it out. Being sent is no outcome."),
    _("A unit may have repaired it before the ticket came; then the result should name that work."),
    hits=_straight_from_dispatch, base=_finished,
    columns=(
        Column(_("Reported by"), Shown.TEXT), Column(_("Sent out"), Shown.MOMENT),
        Column(_("Signature"), Shown.TEXT), Column(_("Done after"), Shown.LENGTH),
        Column(_("Result"), Shown.WORDS),
    ),
    evidence=_tell_straight,
    thresholds=(
        Threshold(
            "straight", _("Done sooner than this after sending"), Decimal(5), Measured.MINUTES,
            _("Nobody reads, calls and settles a matter in less."),
        ),
    ),
    acts=("review", "supervise"),
)  # fmt: skip

PATTERNS = (DONE_WITHOUT_CONTACT, DONE_AT_ONCE, SAID_UNSOLVED, REPEATED, ENDED_AT_DISPATCH)
