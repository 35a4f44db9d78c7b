"""Standing tasks: each once per period, whoever runs, whatever fails."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.test import override_settings

from tests.cast import Cast
from tickets import housekeeping
from tickets.models import Housekeeping

ran: list[str] = []


def sweep(*, by: object, at: datetime) -> None:
    ran.append("sweep")


def broken(*, by: object, at: datetime) -> None:
    ran.append("broken")
    raise ValueError("nonsense")


@pytest.fixture(autouse=True)
def tasks() -> Iterator[None]:
    ran.clear()
    named = [(f"{__name__}.broken", 60), (f"{__name__}.sweep", 60)]
    with override_settings(HOUSEKEEPING=named):
        yield


def turn(at: datetime, known: dict[str, str] | None = None) -> int:
    return housekeeping.do_next(known={} if known is None else known, by=None, at=at)


def test_two_loops_run_a_task_once_a_period(cast: Cast) -> None:
    for _ in range(3):
        turn(cast.at)
    assert ran.count("sweep") == 1
    turn(cast.at + timedelta(seconds=60))
    assert ran.count("sweep") == 2


def test_a_task_that_raises_leaves_the_others_alone_and_is_tried_again(cast: Cast) -> None:
    assert turn(cast.at) == 1
    assert ran == ["broken", "sweep"]
    turn(cast.at + timedelta(seconds=10))
    assert ran.count("broken") == 1
    turn(cast.at + timedelta(seconds=31))
    assert ran.count("broken") == 2


def test_a_loop_that_died_in_a_task_is_followed_by_another(cast: Cast) -> None:
    turn(cast.at)
    Housekeeping.objects.filter(task=f"{__name__}.sweep").update(done_at=None)
    turn(cast.at + timedelta(seconds=31))
    assert ran.count("sweep") == 2


def test_an_idle_loop_asks_nothing_once_it_knows(
    cast: Cast,
    django_assert_num_queries,  # type: ignore[no-untyped-def]
) -> None:
    with override_settings(HOUSEKEEPING=[(f"{__name__}.sweep", 60)]):
        known: dict[str, str] = {}
        for _ in range(2):
            turn(cast.at, known)
        with django_assert_num_queries(0):
            turn(cast.at, known)
