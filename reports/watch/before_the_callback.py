"""What a unit does before the desk asks the customer (抢先回访, 逼撤诉, 改电话: domain §6 rows 4, 5,
7) (question)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from reports.watch import story, traces
from reports.watch.definition import Column, Look, Measured, Pattern, Shown, Threshold
from reports.watch.story import Story
from surveys.models import Answer, Attempt, Invitation
from surveys.models.answer import Independence
from tickets.models import Event, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening as H

_TALK = (H.CONTACTED, H.CONTACT_TRIED)
_CONTACT_DATA = {
    "contact_phone": _("Telephone number"), "contact_name": _("Name"), "address": _("Address"),
}  # fmt: skip


def _called(look: Look) -> TicketQuerySet:
    rung = Attempt.objects.filter(**look.within("at"))
    return look.reader_tickets.filter(pk__in=rung.values("invitation__ticket_id"))


def _called_first(look: Look) -> TicketQuerySet:
    """The unit rang after its work was done and shortly before we did, or the customer says that
    somebody asked them beforehand."""
    before = Event.objects.filter(
        ticket=OuterRef("invitation__ticket"), code__in=_TALK, at__lt=OuterRef("at"),
        at__gte=OuterRef("at") - look.hours("before"), at__gt=OuterRef("invitation__ticket__done_at"),
    )  # fmt: skip
    rung = Attempt.objects.filter(Exists(before), **look.within("at"))
    asked = Answer.objects.filter(independence=Independence.SOMEBODY, **look.within("at"))
    ids = rung.values("invitation__ticket_id").union(asked.values("invitation__ticket_id"))
    return look.reader_tickets.filter(pk__in=ids)


def _tell_called_first(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    ids = [ticket.pk for ticket in tickets]
    rung: dict[int, list[Any]] = {}
    for pk, at in Attempt.objects.filter(invitation__ticket__in=ids).order_by("at").values_list(
        "invitation__ticket_id", "at"
    ):
        rung.setdefault(pk, []).append(at)
    asked = Answer.objects.filter(
        invitation__ticket__in=ids, independence=Independence.SOMEBODY
    ).values_list("invitation__ticket_id", flat=True)

    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        talk, call = _nearest(told.events(ticket, *_TALK), rung.get(ticket.pk, []), ticket.done_at)
        said = _("Somebody asked") if ticket.pk in set(asked) else "–"
        gap = call - talk.at if talk and call else None
        return told.person(talk), talk.at if talk else None, call, gap, said

    return story.each(tickets, values)


def _nearest(talks: list[Event], calls: list[Any], done_at: Any) -> tuple[Event | None, Any]:
    """The unit's talk and our call that lie closest together, the talk first and after the work."""
    pairs = [
        (call - talk.at, talk, call)
        for talk in talks
        for call in calls
        if done_at and done_at < talk.at < call
    ]
    if not pairs:
        return None, calls[0] if calls else None
    _gap, talk, call = min(pairs, key=lambda pair: pair[0])
    return talk, call


CALLED_FIRST = Pattern(
    "called-first", (4,), _("Rang before the callback"),
    _("The unit contacted the customer after its work was done and shortly before our callback, or"
      " the customer told us that somebody had asked for a good rating."),
    _("A courtesy call is no crime. What was said in it only the customer can tell."),
    hits=_called_first, base=_called,
    columns=(
        Column(_("Contact by"), Shown.TEXT), Column(_("Contact at"), Shown.MOMENT),
        Column(_("Callback"), Shown.MOMENT), Column(_("Before it by"), Shown.LENGTH),
        Column(_("Asked beforehand?"), Shown.TEXT),
    ),
    evidence=_tell_called_first,
    thresholds=(
        Threshold(
            "before", _("Contact before the callback by less than"), Decimal(4), Measured.HOURS,
            _("Callbacks are drawn and timed in secret, so that only luck or a leak comes so near."),
        ),
    ),
    acts=("supervise",), is_secret=True,
)  # fmt: skip


def _ended(look: Look) -> TicketQuerySet:
    return look.reader_tickets.filter(**look.within("closed_at"), source="")


def _withdrawn(look: Look) -> TicketQuerySet:
    withdrawn = Event.objects.filter(
        ticket=OuterRef("pk"), code=H.WITHDRAWN, **look.within("at")
    )
    soon = traces.shortly_before(withdrawn, *_TALK, H.ARRIVED, at_most=look.hours("after"))
    return look.with_event(H.WITHDRAWN).filter(soon)


def _tell_withdrawn(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        gone = told.latest(ticket, H.WITHDRAWN)
        assert gone is not None
        talks = [one for one in told.events(ticket, *_TALK, H.ARRIVED) if one.at < gone.at]
        talk = talks[-1]
        reason = str(gone.facts.get("reason", ""))
        return told.person(talk), talk.at, gone.at, gone.at - talk.at, reason

    return story.each(tickets, values)


WITHDRAWN_AFTER_CONTACT = Pattern(
    "withdrawn-after-contact", (5,), _("Withdrawn after a contact"),
    _("The customer withdrew soon after the unit had spoken with them."),
    _("Most often the matter was simply settled in that talk. The separate call that confirms each"
      " withdrawal is where pressure would come out."),
    hits=_withdrawn, base=_ended,
    columns=(
        Column(_("Contact by"), Shown.TEXT), Column(_("Contact at"), Shown.MOMENT),
        Column(_("Withdrawn at"), Shown.MOMENT), Column(_("After it by"), Shown.LENGTH),
        Column(_("Reason"), Shown.WORDS),
    ),
    evidence=_tell_withdrawn,
    thresholds=(
        Threshold(
            "after", _("Withdrawal within this time of a contact"), Decimal(48), Measured.HOURS,
            _("A decision of one's own usually takes longer than two days to reach us."),
        ),
    ),
)  # fmt: skip


def _changed(look: Look) -> TicketQuerySet:
    """Contact data told otherwise by a later file, or another number taken for the callback than
    the one given at intake."""
    named = Q()
    for column in _CONTACT_DATA:
        named |= Q(facts__changed__contains=[column])
    amended = look.happened(H.AMENDED).filter(named).values("ticket_id")
    other_number = (
        Invitation.objects.filter(**look.within("created_at"))
        .exclude(phone="").exclude(phone=F("ticket__contact_phone"))
    )  # fmt: skip
    return look.reader_tickets.filter(pk__in=amended.union(other_number.values("ticket_id")))


def _asked_or_amended(look: Look) -> TicketQuerySet:
    begun = Invitation.objects.filter(**look.within("created_at")).values("ticket_id")
    amended = look.happened(H.AMENDED).values("ticket_id")
    return look.reader_tickets.filter(pk__in=begun.union(amended))


def _tell_changed(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    asked = Invitation.objects.filter(ticket__in=[t.pk for t in tickets]).exclude(phone="")
    other = set(
        asked.exclude(phone=F("ticket__contact_phone")).values_list("ticket_id", flat=True)
    )

    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        event = told.latest(ticket, H.AMENDED)
        said = event.facts.get("changed", []) if event else []
        columns = [str(_CONTACT_DATA[name]) for name in said if name in _CONTACT_DATA]
        if ticket.pk in other:
            columns.append(str(_("Number of the callback")))
        return columns, told.person(event), event.at if event else None

    return story.each(tickets, values)


CONTACT_CHANGED = Pattern(
    "contact-changed", (7,), _("Contact data changed"),
    _("Contact data that differ from what the customer gave. Nobody can change them in the desk:"
      " callback and survey use the number given at intake. What is listed came with a later file"
      " of another system, or is a callback whose number is not the one given."),
    _("Customers move and change their numbers. Compare with what the customer says."),
    hits=_changed, base=_asked_or_amended,
    columns=(
        Column(_("Changed"), Shown.NAMES), Column(_("Done by"), Shown.TEXT),
        Column(_("When"), Shown.MOMENT),
    ),
    evidence=_tell_changed, is_secret=True,
)  # fmt: skip

PATTERNS = (CALLED_FIRST, WITHDRAWN_AFTER_CONTACT, CONTACT_CHANGED)
