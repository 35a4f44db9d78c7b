"""A ticket that somebody must not know of leaves no trace on any page of theirs: each page with it
is the page without it."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from typing import Any
from urllib.parse import quote

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from organisation import permissions
from organisation.models import Staff
from organisation.roles import Permission
from reports import exports
from reports.months import Month
from servicedesk.lib import clock
from tests.architecture import planted_world
from tests.architecture.indirect_ways import WAYS, Way
from tests.architecture.permission_matrix import MAKERS, MATRIX
from tests.architecture.planted_world import KNOWS, NAME, PHONE, PLACE, ROLES, WORD, World
from tests.fixtures import MONDAY
from tickets import lookup_codes
from tickets.models import Ticket

pytestmark = pytest.mark.django_db

# Pages that are read as they are, without a row in the table of ways.
PLAIN = tuple(
    Way(name)
    for name, row in MATRIX.items()
    if row.about == "" and "GET" in row.methods.split() and name not in {"home", "login", "healthz"}
)
MUST_NOT_KNOW = {
    "foreign": [role for role in ROLES if role not in KNOWS["foreign"]],
    "reports": [role for role in ROLES if role not in KNOWS["accused"] | KNOWS["handled"]],
}
# Whoever has number and code is the customer, whoever else they are; reports have no such page.
RIGHTLY = {("tickets:public-status", "foreign")}
PLANTS = {"foreign": planted_world.plant_foreign, "reports": planted_world.plant_reports}


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """Planted once for all pages; each page is undone."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield planted_world.build(MONDAY)
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def standing_clock(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both looks fall into the same instant."""
    monkeypatch.setattr(clock, "now", lambda: world.now)


def typed(text: str, ticket: Ticket) -> str:
    told = {
        "number": ticket.number, "word": WORD, "place": PLACE, "name": NAME, "phone": PHONE,
        "code": lookup_codes.of(ticket.number),
    }  # fmt: skip
    return text.format(**told)


def look(client: Client, way: Way, ticket: Ticket, world: World) -> str:
    """The page, without what it repeats of the question."""
    kwargs = MAKERS[way.about](world.cast, world.tickets["held"])
    query = typed(way.query, ticket)
    address = reverse(way.name, kwargs=kwargs) + (f"?{quote(query, safe='=&')}" if query else "")
    sent = {name: typed(value, ticket) for name, value in way.sends.items()}
    headers = {"hx-request": "true"} if way.is_live else {}
    # The rail is the same on all pages of a person; its numbers are compared on the first.
    numbers = nullcontext() if way == PLAIN[0] else planted_world.without_numbers_in_the_rail()
    with planted_world.undone(), numbers:
        asked = client.post if way.sends else client.get
        response = asked(address, sent or None, headers=headers)  # type: ignore[arg-type]
    said = query.partition("=")[2]
    echoes = (address, query, said, quote(said), *sent.values())
    return f"{response.status_code} {planted_world.plain(response.content.decode(), *echoes)}"


@pytest.mark.parametrize("role", ROLES)
def test_a_page_with_it_is_the_page_without_it(
    role: str, world: World, record_property: Any
) -> None:
    client = Client()
    client.force_login(getattr(world.cast, role))
    with planted_world.undone():
        planted = {
            sort: plant(world)[0] for sort, plant in PLANTS.items() if role in MUST_NOT_KNOW[sort]
        }
        asked = _asked(role, planted, world)
        with_it = [look(client, way, planted[sort], world) for way, sort in asked]
    for (way, sort), one in zip(asked, with_it, strict=True):
        other = look(client, way, planted[sort], world)
        assert one == other, f"{role} learns of it by {way}, {sort}"
    record_property("cells", len(asked) * len(planted))


def _asked(role: str, planted: dict[str, Ticket], world: World) -> list[tuple[Way, str]]:
    """Every open way once, all of what is planted being there; once for each of them where its
    number is typed."""
    ways = [way for way in (*PLAIN, *WAYS) if _is_open(way, role, world)]
    return [
        (way, sort)
        for way in ways
        for sort in (planted if _names_it(way) else list(planted)[:1])
        if (way.name, sort) not in RIGHTLY
    ]


def _names_it(way: Way) -> bool:
    return any("{number}" in typed_in for typed_in in (way.query, *way.sends.values()))


def _is_open(way: Way, role: str, world: World) -> bool:
    """Whether the page answers the role at all; what is refused is tried by the matrix."""
    needs = MATRIX[way.name].needs
    return not needs or bool(needs & getattr(world.cast, role).permissions)


@pytest.mark.parametrize("sort", PLANTS)
def test_a_planted_ticket_shows_to_those_who_may_know_of_it(sort: str, world: World) -> None:
    """The comparison could not fail if nothing were planted."""
    person = world.cast.stranger if sort == "foreign" else world.cast.operator
    client = Client()
    client.force_login(person)
    with planted_world.undone():
        planted = PLANTS[sort](world)[0]
        shown = look(client, Way("tickets:list", "q={word}"), planted, world)
        assert planted.number in shown
    gone = look(client, Way("tickets:list", "q={word}"), planted, world)
    assert planted.number not in gone


@pytest.mark.parametrize("sort", PLANTS)
@pytest.mark.parametrize("role", ["supervisor", "executive", "auditor", "administrator"])
def test_a_file_with_it_is_the_file_without_it(
    sort: str, role: str, world: World, tmp_path: Any, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    person = getattr(world.cast, role)
    assert permissions.can(person, Permission.EXPORT)
    with planted_world.undone():
        PLANTS[sort](world)
        with_it = _cells(person, world.now)
    with planted_world.undone():
        assert with_it == _cells(person, world.now)


def _cells(person: Staff, at: datetime) -> list[tuple[str, list[object]]]:
    from openpyxl import load_workbook

    job = exports.ask_for(month=Month(2026, 3), unit=None, by=person, at=at)
    exports.build_month(job=job, by=person, at=at)
    _file, path = exports.take(job_id=job.pk, by=person, at=at)
    book = load_workbook(path, read_only=True)
    return [
        (sheet.title, [cell.value for row in sheet.iter_rows() for cell in row]) for sheet in book
    ]
