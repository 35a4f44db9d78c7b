"""Every address × every role × own, foreign, confidential and absent things × methods: nothing
leaks. Each of these questions is a cell; the run's last lines say how many there were.

The two sorts of confidential reports are kept from people by the same question as a foreign ticket:
there the methods of an address take turns over the roles.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from customers.models import Customer
from tests.architecture import planted_world
from tests.architecture.permission_matrix import MAKERS, MATRIX, Row
from tests.architecture.planted_world import ABSENT, KNOWS, ROLES, Answer, World
from tests.cast import Cast
from tests.fixtures import MONDAY
from tickets.models import Ticket

LEAST_CELLS = 5000
# For these the statements of each answer are counted too: whoever sees the whole company, and one
# who sees a unit.
COUNTED = {"dispatcher", "leader"}

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Planted once for all cells; each cell is undone."""
    with (
        django_db_blocker.unblock(), transaction.atomic(),
        planted_world.without_numbers_in_the_rail(),
    ):  # fmt: skip
        yield planted_world.build(MONDAY)
        transaction.set_rollback(True)


def addresses(patterns: list[URLPattern | URLResolver], prefix: str = "") -> Iterator[str]:
    """The full name of every address of the desk."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix
            yield from addresses(pattern.url_patterns, inner)
        else:
            yield f"{prefix}{pattern.name}"


def test_every_address_has_its_row_and_every_row_its_address() -> None:
    assert set(addresses(get_resolver().url_patterns)) == set(MATRIX)


def absent(cast: Cast) -> dict[str, Any]:
    """What makers are given for things that are not there."""
    return {"cast": replace(cast, customer=Customer(pk=999_999)), "ticket": Ticket(number=ABSENT)}


def kwargs_of(row: Row, world: World, name: str) -> dict[str, Any]:
    return MAKERS[row.about](world.around(name), world.tickets[name])


def address_of(name: str, row: Row, kwargs: dict[str, Any]) -> str:
    return reverse(name, kwargs=kwargs)


def variants(row: Row, world: World) -> list[str]:
    """The sorts of things for which the address is another one than for the held ticket."""
    own = kwargs_of(row, world, "held")
    return [name for name in world.tickets if name != "held" and kwargs_of(row, world, name) != own]


def tried(row: Row, sort: str, role: str) -> list[str]:
    """The methods by which the role asks for a hidden thing of that sort."""
    methods = row.methods.split()
    return methods if sort == "foreign" else [methods[ROLES.index(role) % len(methods)]]


def test_the_unknown_are_sent_to_sign_in(world: World, record_property: Any) -> None:
    cells = 0
    for name, row in MATRIX.items():
        address = address_of(name, row, kwargs_of(row, world, "held"))
        for method in () if row.is_public else row.methods.split():
            answer = Client().generic(method, address)
            assert answer.status_code == 302, f"{method} {name}"
            assert answer["Location"].startswith(reverse("login")), f"{method} {name}"
            cells += 1
    record_property("cells", cells)


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_row_says(role: str, world: World, record_property: Any) -> None:
    client = Client()
    client.force_login(getattr(world.cast, role))
    cells = 0
    for name, row in MATRIX.items():
        if name == "logout":
            continue
        address = address_of(name, row, kwargs_of(row, world, "held"))
        for method in row.methods.split():
            answer = planted_world.asked(client, method, address)
            wrong = verdict(name, role, world, answer)
            assert wrong is None, f"{role} {method} {name}: {answer.status}, {wrong}"
            cells += 1
    record_property("cells", cells)


def test_a_method_that_is_not_there_is_not_answered(world: World, record_property: Any) -> None:
    """The methods of an address are refused before anybody is looked at: one role says it all."""
    client = Client()
    client.force_login(world.cast.supervisor)
    cells = 0
    for name, row in MATRIX.items():
        address = address_of(name, row, kwargs_of(row, world, "held"))
        for method in {"GET", "POST", "PUT", "DELETE"} - set(row.methods.split()):
            assert planted_world.asked(client, method, address).status == 405, f"{method} {name}"
            cells += 1
    record_property("cells", cells)


def _is_granted(row: Row, role: str, world: World) -> bool:
    return not row.needs or bool(row.needs & getattr(world.cast, role).permissions)


def verdict(name: str, role: str, world: World, answer: Answer) -> str | None:
    """What is wrong with the answer about the held ticket, or nothing."""
    row, status = MATRIX[name], answer.status
    is_about_it = bool(variants(row, world))
    if status == 503 and name == "healthz":
        return None  # what it says while no engine runs
    if status >= 500:
        return "an error of the desk"
    if is_about_it and row.about != "customer" and role not in KNOWS["held"]:
        return None if status == 404 else "a foreign ticket was answered"
    if not _is_granted(row, role, world):
        return None if status in {403, 404} else "an ungranted role was answered"
    if status == 404 and row.about in {"", "ticket", "customer"} and role != "stranger":
        return "something that is there was not found"
    return None if status in {200, 302, 403, 404, 409, 422} else "an answer nobody expects"


@pytest.mark.parametrize("role", ROLES)
def test_what_one_may_not_know_of_answers_exactly_like_what_is_not_there(
    role: str, world: World, record_property: Any
) -> None:
    client = Client()
    client.force_login(getattr(world.cast, role))
    cells = 0
    for name, row in MATRIX.items():
        hidden = [sort for sort in variants(row, world) if role not in KNOWS[sort]]
        nowhere = address_of(name, row, MAKERS[row.about](**absent(world.cast)))
        for method in row.methods.split() if hidden else ():
            missing = planted_world.asked(client, method, nowhere, counted=role in COUNTED)
            for sort in (one for one in hidden if method in tried(row, one, role)):
                address = address_of(name, row, kwargs_of(row, world, sort))
                foreign = planted_world.asked(client, method, address, counted=role in COUNTED)
                assert foreign == missing, f"{role} {method} {name}: {sort} is not like absent"
                cells += 1
    record_property("cells", cells)


@pytest.mark.parametrize("sort", ["report", "accused"])
def test_a_report_opens_for_those_who_may_know_of_it(sort: str, world: World) -> None:
    for role in KNOWS[sort]:
        client = Client()
        client.force_login(getattr(world.cast, role))
        address = reverse("tickets:ticket", args=[world.tickets[sort].number])
        assert planted_world.asked(client, "GET", address).status == 200, role


def test_the_matrix_is_large_enough_to_mean_something(world: World) -> None:
    own = sum(len(row.methods.split()) for row in MATRIX.values()) * len(ROLES)
    others = sum(
        len(tried(row, sort, role))
        for row in MATRIX.values()
        for sort in variants(row, world)
        for role in ROLES
        if role not in KNOWS[sort]
    )
    assert own + others >= LEAST_CELLS, own + others
