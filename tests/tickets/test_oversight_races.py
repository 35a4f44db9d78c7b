"""Two people at the same moment: one supervision, one chase, one end."""

from collections.abc import Callable
from threading import Barrier, Thread

import pytest
from django.db import connection

from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.oversight import a_supervised_ticket
from tests.factories.tickets import STEP, a_ticket
from tickets import supervision
from tickets.models import Event, Supervision, Ticket
from tickets.states import Happening, State


def at_once(*acts: Callable[[], object]) -> list[object]:
    """What each gave or refused with, all begun at the same moment."""
    gate, found = Barrier(len(acts)), [object()] * len(acts)

    def run(n: int) -> None:
        gate.wait()
        try:
            found[n] = acts[n]()
        except DeskError as error:
            found[n] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(n,)) for n in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.django_db(transaction=True)
def test_two_supervisors_at_once_make_one_supervision(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    found = at_once(
        lambda: supervision.supervise(ticket=ticket, reason="一", by=cast.supervisor, at=at),
        lambda: supervision.supervise(ticket=ticket, reason="二", by=cast.executive, at=at),
    )
    assert sum(isinstance(one, Ticket) for one in found) == 1, found
    assert sum(isinstance(one, supervision.AlreadySupervised) for one in found) == 1
    assert Supervision.objects.filter(ticket=ticket).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_moment_is_one_chase(cast: Cast) -> None:
    ticket = a_ticket(cast, state=State.IN_PROGRESS)
    at = ticket.latest_event_at + STEP
    act = {"ticket": ticket, "note": "还没来", "by": cast.operator, "at": at}
    found = at_once(*[lambda: supervision.urge(**act) for _ in range(3)])
    assert sum(isinstance(one, Ticket) for one in found) == 1, found
    assert Ticket.objects.get(pk=ticket.pk).urge_count == 1
    assert Event.objects.filter(ticket=ticket, code=Happening.URGED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_report_back_given_twice_at_once_is_one(cast: Cast) -> None:
    ticket = a_supervised_ticket(cast)
    at = ticket.latest_event_at + STEP
    found = at_once(*[
        lambda: supervision.report_back(ticket=ticket, text="已办", by=cast.handler, at=at)
        for _ in range(2)
    ])  # fmt: skip
    assert sum(isinstance(one, supervision.ReportedAlready) for one in found) == 1, found
    assert Event.objects.filter(ticket=ticket, code=Happening.REPORTED_BACK).count() == 1
