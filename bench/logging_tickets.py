"""Intake: a ticket through the real form, from the request to the redirect that follows the commit.

Each carries all that a ticket has: number, tracker, unit and person by rule, clocks and waiting
deadlines, notices, history, words to be found by.
"""

import statistics
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection  # noqa: TID251 - the client that loads the desk
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from bench import desks
from demonstration import founding
from organisation.models import Staff
from tickets.models import Category, Deadline, Ticket

_WARM_UP = 20
_TICKETS = {1: 200, 8: 400}
_OPERATOR = "operator"
_CATEGORY = "power-fault-one"
_TOKEN = "b" * 32


@dataclass(frozen=True)
class Form:
    """What every client sends, and as whom."""

    port: int
    headers: dict[str, str]
    typed: dict[str, str]


def figures(folder: Path) -> Iterator[dict[str, object]]:
    """Tickets a second and how long one takes, at one client and at eight."""
    with desks.served() as web:
        form = Form(web.port, _headers(web.port), _typed())
        _send(form, _WARM_UP)
        for clients, how_many in _TICKETS.items():
            yield _figure(form, web, clients, how_many)


def _figure(form: Form, web: desks.Web, clients: int, how_many: int) -> dict[str, object]:
    before, worked = Ticket.objects.count(), web.cpu_seconds()
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        waits = list(pool.map(_send, [form] * clients, [how_many // clients] * clients))
    seconds = time.perf_counter() - began
    worked = web.cpu_seconds() - worked
    _check(Ticket.objects.count() - before, how_many)
    took = [1000 * wait for one in waits for wait in one]
    return {
        "figure": "intake", "clients": clients, "tickets": how_many,
        "tickets_per_second": round(how_many / seconds, 1),
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(statistics.quantiles(took, n=20)[-1], 1),
        "web_cpu_ms": round(1000 * worked / how_many, 1),
    }  # fmt: skip


def _send(form: Form, how_many: int) -> list[float]:
    """Seconds of each ticket, over one connection that stays open."""
    connection = HTTPConnection("127.0.0.1", form.port, timeout=30)
    waits = []
    for _ in range(how_many):
        body = urlencode(form.typed | {"key": str(uuid.uuid4())})
        began = time.perf_counter()
        connection.request("POST", "/tickets/intake/", body, form.headers)
        answer = connection.getresponse()
        answer.read()
        waits.append(time.perf_counter() - began)
        if answer.status != 302:
            raise RuntimeError(f"The form was not taken: {answer.status}")
    connection.close()
    return waits


def _check(written: int, sent: int) -> None:
    if written != sent:
        raise RuntimeError(f"{sent} tickets were sent and {written} are there.")
    latest = Ticket.objects.latest("id")
    if latest.lead_unit is None or not Deadline.objects.filter(ticket=latest).exists():
        raise RuntimeError("The tickets came without unit or deadlines.")


def _headers(port: int) -> dict[str, str]:
    client = Client(SERVER_NAME="127.0.0.1", SERVER_PORT=port)
    client.force_login(Staff.objects.get(staff_number=_OPERATOR))
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    return {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_TOKEN}",
        "X-CSRFToken": _TOKEN,
    }


def _typed() -> dict[str, str]:
    customer, premises, accounts = founding.customers_of(desks.SEED)[0]
    return {
        "kind": "FAULT", "category": str(Category.objects.get(code=_CATEGORY).pk),
        "channel": "hotline", "priority": "normal", "customer": str(customer.pk),
        "account": str(next(iter(accounts.values())).pk), "contact_phone": "13900000001",
        "contact_name": customer.name, "address": premises.address,
        "territory": str(premises.territory_id or ""),
        "text": "晚上七点以后整栋楼没有电，电梯也停了，请尽快派人来修。",
    }  # fmt: skip
