"""Which limits hold for a ticket: the most specific row, by one order; chosen anew when the ticket
becomes another, from the first receipt on."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import (
    escalation,
    limit_selection,
    policies,
    previews,
    rejudging,
    special_periods,
    weighing,
)
from tickets.kinds import CustomerClass, Kind, Level, Priority
from tickets.limit_selection import Matter
from tickets.models import Clock, Limit, Policy, SpecialPeriod, Ticket
from tickets.states import State


@dataclass(frozen=True)
class Row:
    code: str
    utility: str = ""
    kind: str = ""
    category_code: str = ""
    area_class: str = ""
    channel: str = ""
    level: int | None = None
    customer_class: str = ""
    special_period: str = ""
    company_path: str = ""


MATTER = Matter(
    "power", "FAULT", ("leaf", "group"), "rural", "referral", 2,
    frozenset({"vulnerable", "key_account", "firm"}), frozenset({"gaokao"}), "/G/P/",
)  # fmt: skip

# What a row names, the weightiest first.
LADDER = (
    {"special_period": "gaokao"}, {"level": 2}, {"level": 3}, {"customer_class": "vulnerable"},
    {"customer_class": "key_account"}, {"customer_class": "firm"}, {"category_code": "leaf"},
    {"category_code": "group"}, {"area_class": "rural"}, {"channel": "referral"},
    {"kind": "FAULT"}, {"utility": "power"}, {"company_path": "/G/P/"}, {"company_path": "/G/"}, {},
)  # fmt: skip


def test_each_selector_outweighs_the_next() -> None:
    rows = [Row(f"row-{n:02}", **named) for n, named in enumerate(LADDER)]
    found = limit_selection.ranked(reversed(rows), MATTER)
    assert [row.code for row in found] == [row.code for row in rows]


def test_one_weighty_selector_outweighs_all_lighter_ones_together() -> None:
    for n, named in enumerate(LADDER[:-1]):
        lighter: dict[str, object] = {}
        for one in reversed(LADDER[n + 1 :]):
            lighter |= {k: v for k, v in one.items() if k not in named}
        rows = [Row("z-light", **lighter), Row("a-weighty", **named)]
        assert limit_selection.ranked(rows, MATTER)[0].code == "a-weighty", named


def test_what_a_gas_leak_demands_is_loosened_by_nothing() -> None:
    leak = Row("leak", utility="power", category_code="leaf")
    period = Row("period", special_period="gaokao", level=2, customer_class="vulnerable")
    plain = limit_selection.ranked([leak, period], MATTER)
    safe = limit_selection.ranked([leak, period], replace(MATTER, is_safety=True))
    assert (plain[0].code, safe[0].code) == ("period", "leak")


@pytest.mark.parametrize(
    "named",
    [
        {"special_period": "spring"}, {"level": 1}, {"customer_class": "person"},
        {"category_code": "other"}, {"area_class": "urban"}, {"channel": "web"},
        {"kind": "COMPLAINT"}, {"utility": "gas"}, {"company_path": "/G/Q/"},
    ],
    ids=str,
)  # fmt: skip
def test_a_row_that_names_something_else_does_not_fit(named: dict[str, object]) -> None:
    row = Row("other", **named)
    (name,) = named
    wanted = "company" if name == "company_path" else name
    assert limit_selection.misfits(row, MATTER) == (wanted,)
    assert limit_selection.ranked([row], MATTER) == []


named_rows = st.lists(
    st.builds(
        Row,
        code=st.text("abc", min_size=1, max_size=3),
        utility=st.sampled_from(["", "power", "gas"]),
        kind=st.sampled_from(["", "FAULT"]),
        category_code=st.sampled_from(["", "leaf", "group"]),
        level=st.sampled_from([None, 1, 2, 3, 4]),
        customer_class=st.sampled_from(["", "vulnerable", "firm", "person"]),
        special_period=st.sampled_from(["", "gaokao", "spring"]),
    ),
    max_size=4,
)


@given(named_rows)
def test_the_order_of_the_rows_decides_nothing(rows: list[Row]) -> None:
    winners = {tuple(limit_selection.ranked(order, MATTER)[:1]) for order in permutations(rows)}
    assert len({w[0].code if w else None for w in winners}) <= 1


# In the database


def a_policy(cast: Cast, code: str, hours: str, **named: object) -> Policy:
    policy = Policy.objects.create(
        code=code, version=1, name_en=code, name_zh=code, effective_at=cast.at,
        created_at=cast.at, **{"utility": "power", **named},
    )  # fmt: skip
    Limit.objects.create(
        policy=policy, clock="reply", amount=hours, unit="hours", starts_on="received",
        stops_on=["done", "closed"], calendar_code="round-the-clock", is_internal=False,
        reminder_percents=[80], reminder_minutes=[60],
    )  # fmt: skip
    return policy


def reply(ticket: Ticket) -> Clock:
    return Clock.objects.get(ticket=ticket, name="reply", measure="max")


def test_a_key_account_gets_the_tighter_limits_a_row_sets_for_it(cast: Cast) -> None:
    plain = a_ticket(cast, state=State.NEW)
    a_policy(cast, "power-key", "6", customer_class=CustomerClass.KEY_ACCOUNT)
    cast.customer.is_key_account = True
    cast.customer.save()
    key = a_ticket(cast, state=State.NEW)
    assert plain.policy.code == "power-complaint"
    assert key.policy.code == "power-key"
    assert reply(key).due_at == key.received_at + timedelta(hours=6) < reply(plain).due_at
    stages = key.deadlines.filter(clock="reply").values_list("stage", "fires_at")
    assert ("before-60", key.received_at + timedelta(hours=5)) in stages


def test_who_is_not_on_file_is_an_ordinary_customer() -> None:
    assert policies.customer_classes(None) == {"ordinary"}


def test_a_raised_level_brings_its_limits_from_the_first_receipt_on(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    row = a_policy(cast, "power-major", "8", level=Level.MAJOR)
    assert reply(ticket).due_at > ticket.received_at + timedelta(days=1)
    at = cast.at + timedelta(hours=1)
    changed = weighing.change(
        ticket=ticket, priority=Priority.NORMAL, level=Level.SPECIAL, reason="Press", by=cast.supervisor,
        at=at,
    )  # fmt: skip
    assert changed.policy == row
    assert reply(ticket).due_at == ticket.received_at + timedelta(hours=8)
    said = ticket.events.get(code="priority_changed").facts
    assert (said["limits_before"], said["limits"]) == ("power-complaint 1", "power-major 1")


def test_a_missed_limit_stays_missed_when_the_level_is_lowered(cast: Cast) -> None:
    a_policy(cast, "power-major", "8", level=Level.MAJOR)
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = cast.at + timedelta(hours=1)
    weighing.change(
        ticket=ticket, priority=Priority.NORMAL, level=Level.MAJOR, reason="Press", by=cast.supervisor,
        at=at,
    )  # fmt: skip
    late = cast.at + timedelta(hours=9)
    escalation.fire_due(by=None, at=late, limit=500)
    due = reply(ticket).missed_at
    assert due == ticket.received_at + timedelta(hours=8)
    ticket.refresh_from_db()
    back = weighing.change(
        ticket=ticket, priority=Priority.NORMAL, level=Level.GENERAL, reason="No press after all",
        by=cast.supervisor, at=late,
    )  # fmt: skip
    assert back.policy.code == "power-complaint"
    assert reply(ticket).missed_at == due
    assert reply(ticket).due_at > late


def test_the_rules_own_raise_chooses_the_limits_at_the_receipt(cast: Cast) -> None:
    row = a_policy(cast, "power-important", "7", level=Level.IMPORTANT)
    cast.customer.is_key_account = True
    cast.customer.save()
    ticket = a_ticket(cast, state=State.NEW, kind=Kind.COMPLAINT)
    assert (ticket.level, ticket.policy) == (Level.IMPORTANT, row)


def test_the_promise_shown_before_logging_is_that_of_the_level_the_rules_will_give(
    cast: Cast,
) -> None:
    row = a_policy(cast, "power-important", "7", level=Level.IMPORTANT)
    cast.customer.is_key_account = True
    cast.customer.save()
    typed = {
        "kind": Kind.COMPLAINT, "category": cast.category("power-complaint-staff"),
        "account": cast.account.pk, "channel": "hotline",
    }  # fmt: skip
    shown = previews.promise(typed, by=cast.operator, at=cast.at)
    assert shown is not None
    assert shown.policy == row


def test_choosing_again_keeps_the_version_the_ticket_was_put_under(cast: Cast) -> None:
    """What an administrator re-planned is not undone by a change of level that touches nothing."""
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    later = cast.at + timedelta(hours=2)
    Policy.objects.create(
        code="power-complaint", version=2, name_en="x", name_zh="x", utility="power",
        kind="COMPLAINT", effective_at=later, created_at=later,
    )  # fmt: skip
    Ticket.objects.filter(pk=ticket.pk).update(policy=Policy.objects.latest("pk"))
    ticket.refresh_from_db()
    changed = weighing.change(
        ticket=ticket, priority=Priority.URGENT, level=Level.GENERAL, reason="So", by=cast.supervisor,
        at=later,
    )  # fmt: skip
    assert changed.policy.version == 2


def test_a_ticket_from_a_file_is_judged_by_no_limits_anew(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.NEW)
    ticket.source = "file"
    assert not rejudging.choose_again(type("S", (), {"ticket": ticket})())


def a_period(code: str, first: date, last: date, **named: object) -> SpecialPeriod:
    return SpecialPeriod.objects.create(
        code=code, name_en=code, name_zh=code, starts_on=first, ends_on=last,
        created_at=datetime(2026, 1, 1, tzinfo=UTC), **named,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("moment", "is_in"),
    [
        ("2026-06-06T15:59:59+00:00", False),
        ("2026-06-06T16:00:00+00:00", True),
        ("2026-06-10T15:59:59+00:00", True),
        ("2026-06-10T16:00:00+00:00", False),
        ("2027-06-08T00:00:00+00:00", True),
    ],
)
def test_a_period_begins_and_ends_with_the_desks_own_day(
    db: None, moment: str, is_in: bool
) -> None:
    a_period("gaokao", date(2026, 6, 7), date(2026, 6, 10), is_yearly=True)
    found = special_periods.covering(
        datetime.fromisoformat(moment), utility="power", company_path="/G/P/"
    )
    assert found == ({"gaokao"} if is_in else set())


@pytest.mark.parametrize(
    ("day", "is_in"), [((1, 31), True), ((4, 20), True), ((4, 21), False), ((10, 20), True)]
)
def test_a_season_may_pass_the_years_end(db: None, day: tuple[int, int], is_in: bool) -> None:
    season = a_period("heating", date(2025, 10, 20), date(2026, 4, 20), is_yearly=True)
    assert season.covers(date(2030, *day)) is is_in


def test_a_single_period_comes_once(db: None) -> None:
    once = a_period("spring", date(2026, 2, 15), date(2026, 2, 23))
    assert once.covers(date(2026, 2, 20))
    assert not once.covers(date(2027, 2, 20))


def test_a_period_of_another_company_or_line_is_not_ours(cast: Cast) -> None:
    first, last = date(2026, 3, 1), date(2026, 3, 31)
    a_period("theirs", first, last, company=cast.other_company)
    a_period("gas", first, last, utility="gas")
    a_period("ours", first, last, utility="power", company=cast.company)
    a_period("all", first, last, company=cast.group)
    found = special_periods.covering(cast.at, utility="power", company_path=cast.company.path)
    assert found == {"ours", "all"}


def test_an_ended_period_counts_for_what_came_before_its_end(db: None) -> None:
    noon = datetime(2026, 6, 8, 4, tzinfo=UTC)
    a_period("gaokao", date(2026, 6, 7), date(2026, 6, 10), ended_at=noon)
    for hours, wanted in ((-1, {"gaokao"}), (0, set()), (1, set())):
        at = noon + timedelta(hours=hours)
        assert special_periods.covering(at, utility="power", company_path="/G/") == wanted


def test_what_is_received_in_a_guaranteed_supply_period_gets_its_limits(cast: Cast) -> None:
    before = a_ticket(cast, state=State.NEW)
    a_policy(cast, "power-summer", "5", special_period="summer-peak")
    outside = a_ticket(cast, state=State.NEW)
    a_period("summer-peak", date(2026, 3, 1), date(2026, 3, 31), utility="power")
    within = a_ticket(cast, state=State.NEW)
    assert before.policy.code == outside.policy.code == "power-complaint"
    assert within.policy.code == "power-summer"


def test_the_company_that_set_its_own_limits_is_judged_by_them(cast: Cast) -> None:
    a_policy(cast, "our-complaints", "9", kind="COMPLAINT", company=cast.company)
    a_policy(cast, "their-complaints", "1", kind="COMPLAINT", company=cast.other_company)
    assert a_ticket(cast, state=State.NEW).policy.code == "our-complaints"


def test_a_planned_version_takes_over_on_its_day_whatever_was_written_meanwhile(
    cast: Cast,
) -> None:
    day = timedelta(days=1)
    plain = Policy.objects.get(code="power-praise")
    for version, since, gone in ((2, 10 * day, None), (3, day, None), (4, 20 * day, cast.at)):
        Policy.objects.create(
            code="power-praise", version=version, name_en="x", name_zh="x", created_at=cast.at,
            effective_at=cast.at + since, called_off_at=gone, utility="power", kind="PRAISE",
        )  # fmt: skip
    found = {
        days: Policy.objects.in_force(cast.at + days * day).get(code="power-praise").version
        for days in (0, 2, 11, 21)
    }
    assert found == {0: plain.version, 2: 3, 11: 2, 21: 2}


def test_a_withdrawn_policy_holds_for_nobody(cast: Cast) -> None:
    Policy.objects.create(
        code="power-complaint", version=2, name_en="x", name_zh="x", created_at=cast.at,
        effective_at=cast.at + timedelta(days=1), is_withdrawn=True, utility="power",
        kind="COMPLAINT",
    )  # fmt: skip
    assert Policy.objects.in_force(cast.at).filter(code="power-complaint").exists()
    gone = Policy.objects.in_force(cast.at + timedelta(days=2))
    assert not gone.filter(code="power-complaint").exists()
