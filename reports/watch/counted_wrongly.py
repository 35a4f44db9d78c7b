"""Not recorded, recorded as several, or as one: whatever makes the counts lie
(不录单, 拆单并单, 重复派单: domain §6 rows 10, 11, 12) (question)."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from reports.watch import made_lighter, neighbours, story
from reports.watch.definition import Column, Look, Measured, Pattern, Shown, Threshold
from reports.watch.story import Story
from tickets.models import Link, Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening as H
from tickets.states import State


def _spoke_before(look: Look) -> TicketQuerySet:
    """The customer says it is not the first time, and no ticket tells of an earlier one."""
    saying = look.received().filter(made_lighter.holding_any(look.words), is_anonymous=False)
    return saying.exclude(neighbours.earlier_within(look.days("earlier")))


def _tell_spoke(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    return {
        ticket.pk: (
            made_lighter.words_in(ticket.text, look.words), ticket.text, ticket.received_at,
            ticket.tracker.name,
        )
        for ticket in tickets
    }  # fmt: skip


CONTACT_WITHOUT_TICKET = Pattern(
    "contact-without-ticket", (10,), _("Called before, and no ticket"),
    _("Customers who say that they called or came before, though no ticket of that place, number or"
      " customer tells of it. The desk has no log of telephone calls to compare with: what the"
      " customers say is the trace there is."),
    _("They may have called another company, given another number, or mean a time longer ago."),
    hits=_spoke_before, base=Look.received,
    columns=(
        Column(_("Words"), Shown.NAMES), Column(_("Text"), Shown.WORDS),
        Column(_("Logged"), Shown.MOMENT), Column(_("Logged by"), Shown.TEXT),
    ),
    evidence=_tell_spoke,
    thresholds=(
        Threshold(
            "earlier", _("No ticket in the time before"), Decimal(30), Measured.DAYS,
            _("Whoever says “I called last week” means the weeks just past."),
        ),
    ),
    words="called_before",
)  # fmt: skip


def _regrouped(look: Look) -> TicketQuerySet:
    return look.with_event(H.MERGED, H.SPLIT)


def _tell_regrouped(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    split_off = Link.objects.filter(
        earlier__in=[t.pk for t in tickets], meaning=Link.Meaning.SPLIT
    ).values_list("earlier_id", "later__number")
    children: dict[int, list[str]] = {}
    for pk, number in split_off:
        children.setdefault(pk, []).append(number)
    targets = dict(
        look.visible.filter(merged_children__in=[t.pk for t in tickets])
        .values_list("merged_children", "number")
    )  # fmt: skip

    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        event = told.latest(ticket, H.MERGED, H.SPLIT)
        assert event is not None
        others = [*filter(None, [targets.get(ticket.pk)]), *children.get(ticket.pk, [])]
        return event.get_code_display(), told.person(event), event.at, others

    return story.each(tickets, values)


def _before_merging(look: Look) -> dict[str, int]:
    """How many matters there are as customers brought them, and as the desk has them now."""
    received = look.received()
    return {
        "before": received.exclude(links_back__meaning=Link.Meaning.SPLIT).count(),
        "merged": received.filter(state=State.MERGED).count(),
        "split_off": received.filter(links_back__meaning=Link.Meaning.SPLIT).distinct().count(),
    }


SPLIT_AND_MERGED = Pattern(
    "split-and-merged", (11,), _("Split and merged"),
    _("Tickets that were merged into another or split in two. Above the list stands how many matters"
      " there were before either: each customer counts."),
    _("Merging what belongs together is good work, splitting what belongs apart as well. Look for a"
      " unit that gains by it."),
    hits=_regrouped, base=Look.received,
    columns=(
        Column(_("Event"), Shown.TEXT), Column(_("Done by"), Shown.TEXT), Column(_("When"), Shown.MOMENT),
        Column(_("With"), Shown.NUMBERS),
    ),
    evidence=_tell_regrouped, panel=_before_merging, acts=("unmerge", "supervise"),
)  # fmt: skip


def _sent_out(look: Look) -> TicketQuerySet:
    return look.received().filter(lead_unit__isnull=False).exclude(
        state__in=[State.MERGED, State.CANCELLED]
    )  # fmt: skip


def _sent_several_times(look: Look) -> TicketQuerySet:
    return _sent_out(look).filter(neighbours.sent_apart_within(look.hours("apart")))


def _tell_several(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    apart = look.hours("apart")
    near = neighbours.near(tickets, look.visible.filter(lead_unit__isnull=False))

    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        since, until = ticket.received_at - apart, ticket.received_at + apart
        found = near.of(ticket, since=since, until=until)[:6]
        units = {str(one.lead_unit) for one in [*found, ticket]}
        channels = {one.get_channel_display() for one in [*found, ticket]}
        return len(found) + 1, [one.number for one in found], sorted(units), sorted(channels)

    return story.each(tickets, values)


SENT_SEVERAL_TIMES = Pattern(
    "sent-several-times", (12,), _("One matter sent several times"),
    _("The same sort of matter at the same place within hours, sent out as separate tickets and not"
      " merged: one fault, several crews, several times counted."),
    _("Two households behind one address can have two faults. Merge what is one."),
    hits=_sent_several_times, base=_sent_out,
    columns=(
        Column(_("Tickets"), Shown.COUNT), Column(_("The others"), Shown.NUMBERS),
        Column(_("Units"), Shown.NAMES), Column(_("Channels"), Shown.NAMES),
    ),
    evidence=_tell_several,
    thresholds=(
        Threshold(
            "apart", _("Same place and sort within"), Decimal(4), Measured.HOURS,
            _("Neighbours and other channels report the same fault within hours."),
        ),
    ),
    acts=("merge", "supervise"),
)  # fmt: skip

PATTERNS = (CONTACT_WITHOUT_TICKET, SPLIT_AND_MERGED, SENT_SEVERAL_TIMES)
