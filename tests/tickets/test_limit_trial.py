"""Try a ticket against the limits: which hold and why, what is due when, by which version."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets import limit_trial, policies, policy_keeping, policy_wording
from tickets.deadlines import EventFact
from tickets.kinds import Channel, Kind
from tickets.limit_selection import Matter
from tickets.models import Clock, Policy, SpecialPeriod, Ticket
from tickets.states import State

TRY = reverse("tickets:policy-try")
# A Monday at ten in Shanghai, as the cast's day is.
TYPED = {"kind": "COMPLAINT", "category": "power-complaint-staff", "received_at": "2026-03-09T10:00"}


def matter(cast: Cast, **changes: Any) -> Matter:
    plain = Matter(
        utility="power", kind="COMPLAINT",
        category_codes=("power-complaint-staff", "power-complaint-service"),
        company_path=cast.company.company_path,
    )  # fmt: skip
    return replace(plain, **changes)


def tried(cast: Cast, *events: EventFact, **changes: Any) -> limit_trial.Trial:
    received = EventFact("received", cast.at)
    return limit_trial.of_matter(
        matter(cast, **changes), events=(received, *events), user=cast.supervisor, at=cast.at
    )


def test_a_trial_says_what_a_real_ticket_gets_to_the_second(cast: Cast) -> None:
    for kind in (Kind.COMPLAINT, Kind.FAULT, Kind.REQUEST):
        ticket = a_ticket(cast, kind=kind)
        trial = limit_trial.of_matter(
            policies.matter_of(ticket), events=(EventFact("received", ticket.received_at),),
            user=cast.supervisor, at=ticket.received_at,
        )  # fmt: skip
        assert trial.judgement is not None and trial.judgement.policy == ticket.policy
        real = {
            (clock.name, clock.measure): clock.due_at
            for clock in Clock.objects.filter(ticket=ticket).exclude(name__in=("dispatch", "sign"))
        }
        assert real
        for (name, measure), due in real.items():
            assert trial.judgement.due(name, measure) == due, (kind, name)


def test_the_winner_and_why_the_others_lost(cast: Cast) -> None:
    trial = tried(cast, channel=Channel.VIA_12345)
    verdicts = {one.policy.code: one.lost_by for one in trial.fitting}
    assert verdicts == {
        "power-complaint-via-12345": "", "power-complaint": "channel", "any-complaint": "channel",
        "any": "channel",
    }  # fmt: skip
    assert trial.fitting[0].is_winner
    misfits = {one.policy.code: one.misfits for one in trial.others}
    assert misfits["power-complaint-via-12398"] == ("channel",)
    assert misfits["power-report"] == ("kind",)
    # Nobody needs to read of other service lines.
    assert not [code for code in misfits if code.startswith("gas")]


@pytest.mark.parametrize(
    ("channel", "due"),
    [
        # Four working days, seven days, ten working days, ten days: each as published.
        ("", datetime(2026, 3, 13, 9, 30, tzinfo=UTC)),
        ("via12345", datetime(2026, 3, 16, 16, 0, tzinfo=UTC)),
        ("via12398", datetime(2026, 3, 23, 9, 30, tzinfo=UTC)),
        ("referral", datetime(2026, 3, 19, 16, 0, tzinfo=UTC)),
    ],
)
def test_who_referred_decides_how_long(cast: Cast, channel: str, due: datetime) -> None:
    judgement = tried(cast, channel=channel).judgement
    assert judgement is not None
    assert judgement.due("reply", "max") == due


def test_a_special_period_counts_by_its_day_and_by_being_named(cast: Cast) -> None:
    said = policy_wording.says(Policy.objects.get(code="power-complaint"))
    policy_keeping.add(
        wording=replace(said, special_period="exams"), note="", by=None,
        at=cast.at - timedelta(days=9),
    )  # fmt: skip
    SpecialPeriod.objects.create(
        code="exams", name_en="Exams", name_zh="高考保电", starts_on="2026-06-06",
        ends_on="2026-06-09", created_at=cast.at,
    )  # fmt: skip
    plain = limit_trial.with_periods(matter(cast), cast.at)
    assert "exams" not in plain.periods
    named = limit_trial.within(plain, "exams")
    fitting, _others = limit_trial.candidates(named, cast.supervisor, cast.at)
    assert fitting[0].policy.special_period == "exams"
    assert fitting[1].lost_by == "special_period"
    within = limit_trial.with_periods(matter(cast), datetime(2026, 6, 7, 4, tzinfo=UTC))
    assert "exams" in within.periods


def test_what_happened_since_moves_the_clocks(cast: Cast) -> None:
    day = timedelta(days=1)
    trial = tried(
        cast, EventFact("dispatched", cast.at + timedelta(minutes=5)),
        EventFact("suspended", cast.at + timedelta(minutes=10)), EventFact("resumed", cast.at + day),
        EventFact("extended", cast.at, "reply", cast.at + 10 * day),
    )  # fmt: skip
    assert trial.judgement is not None
    assert trial.judgement.due("reply", "max") == cast.at + 10 * day
    # Signing is the house's own time: two working hours after the rest.
    sign = trial.judgement.due("sign", "max")
    assert sign is not None and sign > cast.at + day
    assert {rule.clock for rule in trial.waiting} == {"review", "callback"}


def _version_two(cast: Cast, at: datetime, amount: str = "2") -> Policy:
    latest = Policy.objects.get(code="power-complaint")
    said = policy_wording.says(latest)
    limits = tuple(
        replace(one, amount=Decimal(amount)) if one.clock == "reply" else one
        for one in said.limits
        if one.clock != "first_contact"
    )
    return policy_keeping.change(
        policy=latest, wording=replace(said, limits=limits), note="", by=None, at=cast.at,
        effective_at=at,
    )  # fmt: skip


def test_a_planned_version_stands_beside_the_one_that_holds(cast: Cast, client: Client) -> None:
    planned = _version_two(cast, cast.at + timedelta(days=300))
    trial = limit_trial.of_matter(
        matter(cast), events=(EventFact("received", cast.at),), user=cast.supervisor, at=cast.at,
        beside=planned,
    )  # fmt: skip
    lines = {line.clock: line for line in trial.lines}
    assert lines["reply"].moved == timedelta(days=-2)
    assert (lines["reply"].is_later, lines["reply"].moved_by) == (False, timedelta(days=2))
    assert lines["first_contact"].beside is None
    client.force_login(cast.supervisor)
    page = client.get(TRY, TYPED | {"beside": planned.pk}).content.decode()
    assert "Due by version 2" in page or "按第2版到期" in page


def test_the_page_shows_due_times_reasons_rungs_and_who_lost(cast: Cast, client: Client) -> None:
    client.force_login(cast.clerk)
    empty = client.get(TRY)
    assert (empty.status_code, 'class="why"' in empty.content.decode()) == (200, False)
    page = client.get(TRY, TYPED, headers={"accept-language": "en"}).content.decode()
    for word in ("Power complaint", "13 Mar", "is-good", 'class="why"', "Any complaint"):
        assert word in page, word
    assert "Supervisor on duty" in page


def test_wrong_matters_are_told_at_the_field(cast: Cast, client: Client) -> None:
    client.force_login(cast.clerk)
    for wrong in (
        {"category": "power-fault-one"}, {"category": "nothing"}, {"kind": "NOTHING"},
        {"received_at": "yesterday"}, {"done_at": "2026-03-08T10:00"},
        {"resumed_at": "2026-03-09T12:00"}, {"extended_clock": "reply"}, {"level": "9"},
    ):  # fmt: skip
        assert client.get(TRY, TYPED | wrong).status_code == 422, wrong
    assert client.get(TRY, TYPED | {"beside": "999999"}).status_code == 404
    assert client.get(TRY, TYPED | {"beside": "x" * 400}).status_code == 404


def test_a_ticket_is_tried_by_who_sees_it_and_nobody_else(cast: Cast, client: Client) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    Ticket.objects.filter(pk=ticket.pk).update(subject="secret words")
    _version_two(cast, cast.at + timedelta(days=1))
    later = Policy.objects.get(code="power-complaint", version=2)
    address = f"{TRY}?ticket={ticket.number}&beside={later.pk}"
    client.force_login(cast.supervisor)
    page = client.get(address).content.decode()
    assert "secret words" in page
    for hidden in (cast.outsider, cast.stranger, cast.administrator):
        client.force_login(hidden)
        answer = client.get(address)
        assert answer.status_code == 404
        assert "secret words" not in answer.content.decode()
        assert client.get(f"{TRY}?ticket=20200101-0001-1").status_code == 404


def test_nothing_is_written(cast: Cast, client: Client) -> None:
    client.force_login(cast.clerk)
    before = (Ticket.objects.count(), Clock.objects.count(), Policy.objects.count())
    client.get(TRY, TYPED)
    assert (Ticket.objects.count(), Clock.objects.count(), Policy.objects.count()) == before


def test_the_limits_another_company_wrote_for_itself_are_not_shown(
    cast: Cast, client: Client
) -> None:
    said = policy_wording.says(Policy.objects.get(code="power-complaint"))
    theirs = policy_keeping.add(
        wording=replace(said, company=cast.other_company, name_en="Theirs", name_zh="他们的"),
        note="", by=None, at=cast.at - timedelta(days=9),
    )  # fmt: skip
    client.force_login(cast.clerk)
    page = client.get(TRY, TYPED).content.decode()
    assert "Theirs" not in page and "他们的" not in page
    assert client.get(TRY, TYPED | {"beside": theirs.pk}).status_code == 404


def test_from_a_policys_page_the_form_is_filled_in_and_its_version_laid_beside(
    cast: Cast, client: Client
) -> None:
    planned = _version_two(cast, cast.at + timedelta(days=300))
    client.force_login(cast.clerk)
    page = client.get(TRY, {"policy": "power-complaint", "version": "2"}).content.decode()
    assert f'name="beside" value="{planned.pk}"' in page
    assert '<option value="COMPLAINT" selected' in page
    for strange in ({"policy": "gas-leak"}, {"policy": "power-complaint", "version": "77"}):
        assert 'name="beside"' not in client.get(TRY, strange).content.decode()
