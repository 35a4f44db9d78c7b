"""Every address × every role × own, foreign and absent things × methods: nothing leaks."""

import re
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from surveys import presetting
from tests.architecture.permission_matrix import MAKERS, MATRIX
from tests.cast import Cast
from tests.factories.tickets import a_ticket
from tickets.models import Ticket
from tickets.states import State

ROLES = (
    "clerk", "operator", "handler", "field_worker", "leader", "liaison", "dispatcher", "reviewer",
    "callback_agent", "supervisor", "executive", "auditor", "external_supervisor", "administrator",
    "outsider", "stranger",
)  # fmt: skip

# Who may see a ticket that the operator took and that the handler's unit holds, said in full here
# so that a slip in visible_to() shows.
SEES = frozenset(ROLES) - {"external_supervisor", "administrator", "outsider", "stranger"}

ABSENT = "20200101-0001-0"


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


def plain(answer: HttpResponse) -> str:
    """The page without what differs in each answer: tokens and the address asked for."""
    text = answer.content.decode()
    text = re.sub(r'(X-CSRFToken": "|csrfmiddlewaretoken" value=")[^"]+', "", text)
    return re.sub(r"\d{8}-\d{4}-\d", "", text)


def ask(client: Client, method: str, name: str, kwargs: dict[str, object]) -> HttpResponse:
    return client.generic(method, reverse(name, kwargs=kwargs))  # type: ignore[return-value]


@pytest.fixture
def held(cast: Cast) -> Ticket:
    presetting.load(by=None, at=cast.at)
    return a_ticket(cast, state=State.IN_PROGRESS)


@pytest.mark.parametrize("name", [name for name, row in MATRIX.items() if not row.is_public])
def test_the_unknown_are_sent_to_sign_in(name: str, cast: Cast, held: Ticket) -> None:
    row = MATRIX[name]
    answer = ask(Client(), row.methods.split()[0], name, MAKERS[row.about](cast, held))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("login"))


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_its_row_says(
    role: str, cast: Cast, held: Ticket, record_property: pytest.FixtureRequest
) -> None:
    person = getattr(cast, role)
    client = Client()
    cells = 0
    for name, row in MATRIX.items():
        if name == "logout":
            continue
        client.force_login(person)
        for method in ("GET", "POST", "PUT"):
            answer = ask(client, method, name, MAKERS[row.about](cast, held))
            wrong = verdict(name, method, role, bool(row.needs & person.permissions), answer)
            assert wrong is None, f"{role} {method} {name}: {answer.status_code}, {wrong}"
            cells += 1
    record_property("cells", cells)  # type: ignore[operator]


def verdict(
    name: str, method: str, role: str, is_granted: bool, answer: HttpResponse
) -> str | None:
    """What is wrong with the answer, or nothing."""
    row, status = MATRIX[name], answer.status_code
    if status == 503 and name == "healthz":
        return None  # what it says while no engine runs
    if status >= 500:
        return "an error of the desk"
    if method not in row.methods.split():
        return None if status == 405 else "a method that is not there was answered"
    if row.about == "ticket" and role not in SEES:
        return None if status == 404 else "a foreign ticket was answered"
    if row.needs and not is_granted:
        return None if status in {403, 404} else "an ungranted role was answered"
    if status == 404 and row.about in {"", "ticket", "customer"}:
        return "something that is there was not found"
    return None if status in {200, 302, 403, 404, 409, 422} else "an answer nobody expects"


@pytest.mark.parametrize("role", sorted(set(ROLES) - SEES))
def test_a_foreign_ticket_looks_exactly_like_an_absent_one(
    role: str, cast: Cast, held: Ticket
) -> None:
    client = Client()
    client.force_login(getattr(cast, role))
    for name in (name for name, row in MATRIX.items() if row.about == "ticket"):
        for method in MATRIX[name].methods.split():
            foreign = ask(client, method, name, {"number": held.number})
            absent = ask(client, method, name, {"number": ABSENT})
            assert foreign.status_code == absent.status_code == 404
            assert plain(foreign) == plain(absent)


@pytest.mark.parametrize("role", sorted(set(ROLES) - SEES))
def test_a_foreign_ticket_shows_in_no_list_count_or_search(
    role: str, cast: Cast, held: Ticket
) -> None:
    client = Client()
    client.force_login(getattr(cast, role))
    for address in (
        reverse("tickets:list"), reverse("tickets:list") + "?q=" + held.number,
        reverse("tickets:list") + "?q=抢修师傅", reverse("tickets:list") + "?q=13900000001",
        reverse("tickets:work"), reverse("tickets:of-customer", args=[cast.customer.pk]),
    ):  # fmt: skip
        text = client.get(address).content.decode()
        assert held.number not in text.replace("?q=" + held.number, "").replace(
            f'value="{held.number}"', ""
        ).replace(f"“{held.number}”", "")
        assert held.subject not in text


def test_the_matrix_is_large_enough_to_mean_something() -> None:
    cells = len(MATRIX) * len(ROLES) * 3
    assert cells >= 1500, cells
