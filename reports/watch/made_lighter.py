"""Complaints recorded or turned into something lighter (改类降级: domain §6 row 9) (question)."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from reports import chance
from reports.chance import Standing
from reports.watch import story
from reports.watch.definition import (
    Column,
    Counts,
    Look,
    Measured,
    Pattern,
    Shown,
    Threshold,
    grouped,
)
from reports.watch.story import Story
from servicedesk.lib import full_text, text_folding
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet
from tickets.states import Happening as H

# What a complaint is turned into when it is not to count as one.
LIGHTER = (Kind.ENQUIRY, Kind.OPINION, Kind.SUGGEST, Kind.LOOKUP)


def _downgraded(look: Look) -> TicketQuerySet:
    made_lighter = look.happened(H.RECLASSIFIED).filter(facts__is_downgrade=True)
    return look.reader_tickets.filter(pk__in=made_lighter.values("ticket_id"))


def _complaints(look: Look) -> TicketQuerySet:
    return look.received().filter(original_kind=Kind.COMPLAINT)


def _tell_downgraded(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    def values(told: Story, ticket: Ticket) -> tuple[Any, ...]:
        change = [e for e in told.events(ticket, H.RECLASSIFIED) if e.facts.get("is_downgrade")][-1]
        kinds = [str(Kind(change.facts[name]).label) for name in ("from_kind", "to_kind")]
        reason = str(change.facts.get("reason", ""))
        return " → ".join(kinds), told.person(change), change.at, reason

    return story.each(tickets, values)


DOWNGRADED = Pattern(
    "downgraded", (9,), _("Reclassified downwards"),
    _("Matters that were given a lighter kind after they had been logged. The original kind stays on"
      " the ticket and in the report."),
    _("An operator can have chosen wrongly. The reason stands beside it; a blind second coding"
      " settles doubt."),
    hits=_downgraded, base=_complaints,
    columns=(
        Column(_("From and to"), Shown.TEXT), Column(_("Done by"), Shown.TEXT),
        Column(_("When"), Shown.MOMENT), Column(_("Reason"), Shown.WORDS),
    ),
    evidence=_tell_downgraded, acts=("reclassify", "supervise"),
)  # fmt: skip


def holding_any(words: Sequence[str]) -> Q:
    """Tickets whose words hold all parts of one of these; none where there are no words."""
    queries = [full_text.all_of(text_folding.query_terms(word)) for word in words]
    together = " | ".join(f"({query})" for query in queries if query)
    return Q(words__has_terms=together) if together else Q(pk__in=[])


def words_in(text: str, words: Sequence[str]) -> list[str]:
    """Which of the words the text really says, folded alike."""
    folded = text_folding.fold(text)
    return [word for word in words if text_folding.fold(word) in folded]


def _light(look: Look) -> TicketQuerySet:
    return look.received().filter(original_kind__in=LIGHTER)


def _strong(look: Look) -> TicketQuerySet:
    return _light(look).filter(holding_any(look.words))


def _tell_strong(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    return {
        ticket.pk: (words_in(ticket.text, look.words), ticket.text, ticket.tracker.name)
        for ticket in tickets
    }


STRONG_WORDS = Pattern(
    "strong-words", (9,), _("Strong words in enquiries"),
    _("Enquiries, concerns and suggestions whose text speaks like a complaint. Laid to the unit that"
      " took them in."),
    _("A word alone makes no complaint: people ask how to complain, and quote others. Read the"
      " text."),
    hits=_strong, base=_light, laid_to="intake_unit",
    columns=(
        Column(_("Words"), Shown.NAMES), Column(_("Text"), Shown.WORDS),
        Column(_("Logged by"), Shown.TEXT),
    ),
    evidence=_tell_strong, acts=("reclassify", "supervise"),
    words="complaint_like",
)  # fmt: skip


def _share_fell(look: Look, pattern: Pattern) -> dict[int | None, Standing]:
    """Each unit's share of complaints now against its own in the period before, as long again."""
    length = look.span.past_end - look.span.start
    now = _by_kind(look, look.span.start, look.span.past_end)
    before = _by_kind(look, look.span.start - length, look.span.start)
    likely = {unit: chance.fell(before.get(unit, (0, 0)), now[unit]) for unit in now}
    fell = chance.holm(likely)
    least, points = look.number("least"), float(look.measures["points"]) / 100
    found: dict[int | None, Standing] = {}
    for unit, (hits, n) in now.items():
        then_hits, then_n = before.get(unit, (0, 0))
        is_less = bool(n and then_n) and then_hits / then_n - hits / n >= points
        stands_out = unit in fell and is_less and then_hits >= least
        share_then = (then_n - then_hits) / then_n if then_n else None
        found[unit] = Standing(n - hits, n, share_then, likely[unit], stands_out)
    return found


def _by_kind(look: Look, since: datetime, until: datetime) -> dict[int, tuple[int, int]]:
    """Complaints of complaints and lighter matters, by the unit that took them in."""
    matters = look.reader_tickets.filter(
        received_at__gte=since, received_at__lt=until, kind__in=[Kind.COMPLAINT, *LIGHTER]
    )
    all_of_them: Counts = grouped(matters, "intake_unit")
    complaints: Counts = grouped(matters.filter(kind=Kind.COMPLAINT), "intake_unit")
    return {
        unit: (complaints.get(unit, 0), n) for unit, n in all_of_them.items() if unit is not None
    }


def _now_light(look: Look) -> TicketQuerySet:
    return look.received().filter(kind__in=LIGHTER)


def _tell_light(tickets: Sequence[Ticket], look: Look) -> dict[int, Any]:
    return {
        ticket.pk: (ticket.get_original_kind_display(), ticket.text, ticket.tracker.name)
        for ticket in tickets
    }


COMPLAINTS_FELL = Pattern(
    "complaints-fell", (9,), _("Fewer complaints, more enquiries"),
    _("Units that took in markedly fewer complaints, for all their enquiries, concerns and"
      " suggestions, than in the period before. The list holds what they recorded as lighter;"
      " the share beside it is that of lighter matters, now and then."),
    _("Service may really have become better, or a storm may be over. Code a sample of the texts"
      " anew, without knowing their kind."),
    hits=_now_light, base=lambda look: look.received().filter(kind__in=[Kind.COMPLAINT, *LIGHTER]),
    laid_to="intake_unit", judge=_share_fell,
    columns=(
        Column(_("Logged as"), Shown.TEXT), Column(_("Text"), Shown.WORDS),
        Column(_("Logged by"), Shown.TEXT),
    ),
    evidence=_tell_light,
    thresholds=(
        Threshold(
            "points", _("Fall of the share by at least"), Decimal(10), Measured.PERCENT,
            _("A tenth of all matters changing their kind is no drift."),
        ),
    ),
    acts=("reclassify",),
)  # fmt: skip

PATTERNS = (DOWNGRADED, STRONG_WORDS, COMPLAINTS_FELL)
