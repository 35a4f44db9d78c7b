"""Two hundred rows go in by the bulk load and by the verbs of the desk: the tables agree."""

import random
from datetime import timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from organisation.models import Unit
from tests.cast import Cast
from tests.factories import files
from tests.tickets.test_importing import NOW
from tickets import dispatching, import_reading, importing, indexing, intake, lifecycle, mappings
from tickets.loaded_history import Reading
from tickets.mappings import Matter
from tickets.models import Category, Clock, Event, Holding, Limit, Policy, Ticket
from tickets.states import Happening, State

HOURS = 72
ROWS = 200
ZONE = ZoneInfo("America/New_York")

# Only the loads know of a source, and each ticket has its own number, people and policy; what a
# file tells of is not counted as taken after hours here.
_DIFFER = {
    "id", "number", "source", "external_number", "source_digest", "source_due_at", "source_facts",
    "policy_id", "calendar_versions", "tracker_id", "intake_unit_id", "lead_handler_id",
    "reviewer_id", "choice_reasons", "version", "words", "is_after_hours",
}  # fmt: skip


@pytest.fixture
def policy(cast: Cast) -> Policy:
    """72 hours for the reply, round the clock, for every fault about power."""
    policy = Policy.objects.create(
        code="both-ways", version=1, effective_at=cast.at - timedelta(days=9999), utility="power",
        kind="FAULT", category_code="both-ways", name_en="Both ways", name_zh="两种方式",
        created_at=cast.at,
    )  # fmt: skip
    Limit.objects.create(
        policy=policy, clock="reply", amount=HOURS, unit="hours", starts_on=Happening.RECEIVED,
        stops_on=[Happening.DONE], calendar_code="round-the-clock", is_internal=False,
    )  # fmt: skip
    return policy


def made_up_rows() -> list[dict[str, str]]:
    """Closed early, late and on the dot, and still open, at odd hours of two winters."""
    dice = random.Random(20260309)
    rows = []
    for number in range(ROWS):
        opened = (NOW - timedelta(days=700) + timedelta(minutes=dice.randrange(500_000))).replace(
            second=dice.randrange(60)
        )
        closed = opened + timedelta(hours=dice.choice([0, 1, HOURS, HOURS + 1, dice.randrange(500)]))
        is_open = number % 5 == 0
        rows.append(
            files.boston(
                f"{number:04d}", case_title="Lamp out", open_dt=local(opened), target_dt=local(opened, HOURS),
                closed_dt="" if is_open else local(closed),
                case_status="Open" if is_open else "Closed",
                closure_reason="" if is_open else f"Lamp {number} mended\non the spot",
            )
        )  # fmt: skip
    return rows


def local(moment: Any, hours: int = 0) -> str:
    """With its offset, so that the hour the clock change doubles is told apart."""
    return (moment + timedelta(hours=hours)).astimezone(ZONE).isoformat()


def by_the_verbs(cast: Cast, matter: Matter, category: Category, unit: Unit) -> Ticket:
    """What the desk itself does with the same matter at the same instants."""
    request = intake.Request(
        kind=matter.kind, category=category, channel=matter.channel,  # type: ignore[arg-type]
        text=matter.text, address=matter.address, language="en",
    )  # fmt: skip
    ticket = intake.receive(request=request, by=cast.clerk, at=matter.received_at)
    system: Any = None
    ticket = dispatching.dispatch(ticket=ticket, to=unit, by=system, at=matter.received_at)
    if matter.closed_at is None:
        return ticket
    ticket = dispatching.accept(ticket=ticket, by=system, at=matter.received_at)
    ticket = lifecycle.report_done(
        ticket=ticket, result=matter.result, is_customer_told=False, no_reply_reason="file",
        by=system, at=matter.closed_at,
    )  # fmt: skip
    ticket = lifecycle.approve(ticket=ticket, by=system, at=matter.closed_at)
    # What another system closed is its own word that the customer was told.
    Ticket.objects.filter(pk=ticket.pk).update(source="boston311", external_number=f"lived-{ticket.pk}")
    ticket = lifecycle.close(ticket=ticket, reason="file", by=system, at=matter.closed_at)
    indexing.index(ticket_ids=[ticket.pk], by=system, at=matter.closed_at)
    return ticket


def test_both_ways_agree_in_every_column(cast: Cast, policy: Policy, tmp_path: Path) -> None:
    path = files.csv_file(tmp_path / "x.csv", files.BOSTON, made_up_rows())
    importing.load(path=path, mapping="boston311", by=None, at=NOW)
    (batch,) = import_reading.batches(path, mappings.load("boston311"), {}, NOW)
    assert len(batch) == ROWS
    unit = Unit.objects.get(code="PWR-boston311-wrks")
    category = Category.objects.create(
        code="both-ways", name_en="x", name_zh="x", utility="power", kind="FAULT"
    )
    for reading in batch:
        assert isinstance(reading, Reading)
        lived = by_the_verbs(cast, reading.matter, category, unit)
        lived = Ticket.objects.get(pk=lived.pk)
        loaded = Ticket.objects.get(external_number=reading.matter.external_number)
        assert lived.policy == policy
        compare_tickets(loaded, lived)
        assert stays(loaded) == stays(lived)
        assert clock(loaded) == clock(lived)
        assert told(loaded) == told(lived)
        assert words(loaded) - numbers(loaded) == words(lived) - numbers(lived)


def compare_tickets(loaded: Ticket, lived: Ticket) -> None:
    names = [field.attname for field in Ticket._meta.concrete_fields]
    # What only one way can know: the title, the reason not to reply, the category of its source.
    for name in set(names) - _DIFFER - {"subject", "no_reply_reason", "category_id"}:
        assert getattr(loaded, name) == getattr(lived, name), name


def stays(ticket: Ticket) -> list[tuple[Any, ...]]:
    """The stays that lasted; the verbs also leave some of no length."""
    rows = Holding.objects.filter(ticket=ticket).order_by("from_at", "id")
    found = rows.values_list("state", "unit_id", "from_at", "to_at")
    lasting = [row for row in found if row[2] != row[3]]
    return lasting or [(State.IN_PROGRESS, ticket.lead_unit_id, ticket.received_at, ticket.closed_at)]


def clock(ticket: Ticket) -> tuple[Any, ...]:
    """The reply clock. The load judges an open one up to now, as the engine would have."""
    one = Clock.objects.get(ticket=ticket, name="reply")
    missed_at = one.missed_at
    if one.stopped_at is None and one.due_at is not None and one.due_at < NOW:
        missed_at = one.due_at
    return (
        one.measure, one.started_at, one.due_at, one.first_due_at, one.stopped_at, missed_at,
        one.is_provisional,
    )  # fmt: skip


def told(ticket: Ticket) -> list[tuple[str, Any]]:
    """What happened and when, as far as a file can tell it."""
    codes = ("received", "dispatched", "done", "closed")
    events = Event.objects.filter(ticket=ticket, code__in=codes).order_by("id")
    return list(events.values_list("code", "at"))


def words(ticket: Ticket) -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tsvector_to_array(words) FROM tickets_ticket WHERE id = %s", [ticket.pk]
        )
        return set(cursor.fetchone()[0])


def numbers(ticket: Ticket) -> set[str]:
    return {ticket.number.replace("-", ""), ticket.external_number}
