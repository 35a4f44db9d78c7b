"""A ticket finds its person: wish, deputy, territory, fallback; and two hundred at once."""

import threading
from collections import Counter
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assignment.models import Responsibility, RoutingRule
from organisation import appointments
from organisation.models import Staff, Unit
from organisation.roles import Role
from tests.assignment.test_duty_roster import absent
from tests.cast import Cast
from tests.factories.tickets import a_request, a_ticket
from tickets import choosing, dispatching, intake
from tickets.kinds import Kind
from tickets.models import Ticket
from tickets.states import State


def dispatched(cast: Cast, **changes: object) -> Ticket:
    return a_ticket(cast, kind=Kind.FAULT, state=State.DISPATCHED, **changes)


def wishing(cast: Cast, wished: Staff) -> Ticket:
    ticket = a_ticket(cast, kind=Kind.FAULT)
    Ticket.objects.filter(pk=ticket.pk).update(wished_handler=wished)
    return dispatching.dispatch(ticket=ticket, to=cast.unit, by=cast.dispatcher, at=cast.at)


def codes(ticket: Ticket) -> list[str]:
    return [reason["code"] for reason in ticket.choice_reasons]


def test_a_wish_is_kept_and_told(cast: Cast) -> None:
    dispatched(cast)
    for _ in range(3):
        ticket = wishing(cast, cast.handler)
        assert ticket.lead_handler == cast.handler
        assert "wished" in codes(ticket)


def test_a_wish_that_cannot_be_kept_is_told_with_the_name(cast: Cast) -> None:
    absent(cast.handler)
    ticket = wishing(cast, cast.handler)
    assert ticket.lead_handler == cast.field_worker
    told = next(one for one in ticket.choice_reasons if one["code"] == "wish_not_kept")
    assert (told["why"], told["staff_zh"]) == ("absent", cast.handler.name_zh)
    elsewhere = wishing(cast, cast.outsider)
    told = next(one for one in elsewhere.choice_reasons if one["code"] == "wish_not_kept")
    assert (told["why"], told["staff_en"]) == ("not_of_unit", cast.outsider.name_en)


def test_the_technician_of_the_territory_comes_before_the_less_busy(cast: Cast) -> None:
    Responsibility.objects.create(staff=cast.field_worker, territory=cast.territory)
    for _ in range(3):
        ticket = dispatched(cast)
        assert ticket.lead_handler == cast.field_worker
    assert "has_territory" in codes(ticket)
    Responsibility.objects.update(is_active=False)
    assert dispatched(cast).lead_handler == cast.handler


def test_an_absent_units_deputy_from_elsewhere_stands_in(cast: Cast) -> None:
    absent(cast.handler, deputy=cast.outsider)
    absent(cast.field_worker)
    ticket = dispatched(cast)
    assert ticket.lead_handler == cast.outsider
    told = next(one for one in ticket.choice_reasons if one["code"] == "deputy")
    assert told["staff_en"] == cast.handler.name_en
    assert Ticket.objects.visible_to(cast.outsider).filter(pk=ticket.pk).exists()


def test_a_deputy_who_may_not_handle_does_not_stand_in(cast: Cast) -> None:
    absent(cast.handler, deputy=cast.callback_agent)
    absent(cast.field_worker)
    assert dispatched(cast).lead_handler == cast.liaison


def test_with_nobody_there_the_liaison_then_the_leader_then_the_unit_above(cast: Cast) -> None:
    for person in (cast.handler, cast.field_worker):
        absent(person)
    ticket = dispatched(cast)
    assert ticket.lead_handler == cast.liaison
    assert codes(ticket)[-2:] == ["nobody", "liaison_fallback"]
    assert ticket.choice_reasons[-2]["why"] == "all_absent"
    absent(cast.liaison)
    ticket = dispatched(cast)
    assert (ticket.lead_handler, codes(ticket)[-1]) == (cast.leader, "leader_fallback")
    absent(cast.leader)
    appointments.lead(
        unit=cast.branch, leader=cast.supervisor, liaison=cast.supervisor, by=None, at=cast.at
    )
    ticket = dispatched(cast)
    assert ticket.lead_handler == cast.supervisor
    assert ticket.choice_reasons[-1]["unit_en"] == cast.branch.name_en


def test_with_everybody_away_it_still_goes_to_somebody(cast: Cast) -> None:
    Staff.objects.update(presence=Staff.Presence.ABSENT)
    assert dispatched(cast).lead_handler == cast.liaison
    Unit.objects.update(liaison=None, leader=None)
    ticket = dispatched(cast)
    assert ticket.lead_handler == cast.operator == ticket.tracker
    assert codes(ticket)[-1] == "tracker_fallback"


def test_nobody_is_given_more_than_they_may_hold(cast: Cast) -> None:
    Staff.objects.filter(pk=cast.handler.pk).update(most_open=1)
    Staff.objects.filter(pk=cast.field_worker.pk).update(most_open=2)
    given = Counter(dispatched(cast).lead_handler for _ in range(5))
    assert given == {cast.handler: 1, cast.field_worker: 2, cast.liaison: 2}
    last = Ticket.objects.latest("pk")
    assert {"code": "nobody", "why": "all_full"} in last.choice_reasons


def test_a_report_never_goes_to_the_chain_of_the_accused(cast: Cast) -> None:
    absent(cast.handler, deputy=cast.outsider)
    absent(cast.field_worker)
    ticket = a_ticket(cast, kind=Kind.REPORT, accused_unit=cast.other_unit)
    sent = dispatching.dispatch(ticket=ticket, to=cast.unit, by=cast.dispatcher, at=cast.at)
    assert sent.lead_handler == cast.liaison


def test_a_category_is_routed_by_a_rule_for_its_parent_and_a_key_account_by_its_own(
    cast: Cast,
) -> None:
    category = cast.category("power-fault-one")
    assert category.parent is not None
    RoutingRule.objects.all().delete()
    RoutingRule.objects.create(
        company=cast.company, category_code=category.parent.code, unit=cast.unit
    )
    request = a_request(cast, kind=Kind.FAULT)
    ticket = intake.pass_on(request=request, by=cast.operator, at=cast.at)
    assert (ticket.lead_unit, ticket.choice_reasons[0]["by_parent"]) == (cast.unit, True)
    RoutingRule.objects.create(company=cast.company, is_key_account=True, unit=cast.other_unit)
    cast.customer.is_key_account = True
    cast.customer.save()
    ticket = intake.pass_on(request=request, by=cast.operator, at=cast.at)
    assert ticket.lead_unit == cast.other_unit
    assert "key_account" in codes(ticket)


def test_the_choice_takes_three_statements_and_a_note(cast: Cast) -> None:
    dispatched(cast)
    ticket = Ticket.objects.get(pk=a_ticket(cast, kind=Kind.FAULT).pk)
    with CaptureQueriesContext(connection) as captured:
        choosing.choose(ticket=ticket, unit=cast.unit, by=None, at=cast.at)
    read = [one["sql"] for one in captured if one["sql"].startswith("SELECT")]
    assert len(read) == 3
    assert len(captured) == 4


def _crew(cast: Cast, people: int) -> list[Staff]:
    """So many equals in the other unit, and nobody else."""
    return [
        cast.outsider,
        *(
            appointments.appoint(
                staff_number=f"22{n:02}", name_en=f"Crew {n}", name_zh=f"班员{n}",
                unit=cast.other_unit, roles=[Role.HANDLER], password=None, by=None, at=cast.at,
            )
            for n in range(1, people)
        ),
    ]  # fmt: skip


def _dispatch_all(cast: Cast, tickets: list[Ticket], threads: int) -> list[BaseException]:
    """All of them by so many threads on connections of their own; what they raised."""
    todo, raised, start = iter(tickets), list[BaseException](), threading.Barrier(threads)
    taking, minutes = threading.Lock(), count(1)

    def work() -> None:
        start.wait()
        try:
            while True:
                with taking:
                    ticket = next(todo, None)
                    at = cast.at + timedelta(seconds=next(minutes))
                if ticket is None:
                    return
                dispatching.dispatch(ticket=ticket, to=cast.other_unit, by=cast.dispatcher, at=at)
        except BaseException as error:
            raised.append(error)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(timeout=120)
    assert not any(worker.is_alive() for worker in workers)
    return raised


@pytest.mark.django_db(transaction=True)
def test_two_hundred_at_once_are_spread_evenly_each_to_one_person(cast: Cast) -> None:
    crew = _crew(cast, 7)
    tickets = [a_ticket(cast, kind=Kind.FAULT) for _ in range(200)]
    assert _dispatch_all(cast, tickets, threads=16) == []
    held = Counter(Ticket.objects.values_list("lead_handler", flat=True))
    assert set(held) == {one.pk for one in crew}
    assert sum(held.values()) == 200
    assert max(held.values()) - min(held.values()) <= 1
    assert set(Ticket.objects.values_list("state", "version")) == {(State.DISPATCHED, 2)}


@pytest.mark.django_db(transaction=True)
def test_at_once_nobody_gets_more_than_they_may_and_the_rest_goes_to_the_liaison(
    cast: Cast,
) -> None:
    crew = _crew(cast, 5)
    Staff.objects.filter(pk__in=[one.pk for one in crew]).update(most_open=6)
    appointments.lead(
        unit=cast.other_unit, leader=cast.leader, liaison=cast.liaison, by=None, at=cast.at
    )
    tickets = [a_ticket(cast, kind=Kind.FAULT) for _ in range(40)]
    assert _dispatch_all(cast, tickets, threads=16) == []
    held = Counter(Ticket.objects.values_list("lead_handler", flat=True))
    assert {held[one.pk] for one in crew} == {6}
    assert held[cast.liaison.pk] == 10
