"""Whatever is typed or sent: a sentence, never an error of the desk; nothing typed is lost, and
nothing half written stays."""

import re
from typing import Any
from urllib.parse import quote, quote_from_bytes, urlencode

import pytest
from django.apps import apps
from django.core.management import ManagementUtility
from django.db import connections, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.cast import Cast
from tests.factories.surveys import a_callback
from tests.factories.tickets import a_ticket
from tests.journeys import bad_forms
from tests.journeys.bad_forms import FORMS, WORDS, Filled
from tickets.models import Ticket
from tickets.states import State

MISSING = object()
WRONG: dict[str, Any] = {
    "missing": MISSING,
    "empty": "",
    "10,001 characters": "长" * 10_001,
    "negative": "-1",
    "beyond every integer": "9" * 40,
    "no such choice": "no-such-choice",
    "a formula": "=cmd|' /C calc'!A0",
    "markup": "<script>alert(1)</script>",
    "right to left": "\u202e\u2066x",
}
BROKEN = {
    "NUL": b"a\0b",
    "half a character": b"\xed\xa0\x80",
    "GB18030": "停电".encode("gb18030"),
    "cut UTF-8": b"\xe5\x81",
}
# Not written by what a person sends: sessions, counts of tries, and what says who looked.
_ASIDE = {"Session", "LookupTry", "WrongToken", "Disclosure", "Heartbeat", "Staff"}


def signed_in(filled: Filled) -> Client:
    client = Client(raise_request_exception=False)
    if filled.person is not None:
        client.force_login(filled.person)
    return client


def rows() -> dict[str, int]:
    """How many rows each table has."""
    return {
        model.__name__: model._default_manager.count()
        for model in apps.get_models()
        if model.__name__ not in _ASIDE
    }


def shows(answer: HttpResponse, typed: dict[str, Any]) -> bool:
    """Whether every long word that was typed stands on the page again."""
    return all(value != WORDS or WORDS in answer.content.decode() for value in typed.values())


@pytest.mark.parametrize("name", FORMS)
def test_a_wrong_field_gets_a_sentence_and_keeps_the_rest(name: str, cast: Cast) -> None:
    filled = FORMS[name](cast)
    client = signed_in(filled)
    for field in filled.fields:
        for what, wrong in WRONG.items():
            typed = {**filled.fields, field: wrong}
            if wrong is MISSING:
                del typed[field]
            before = rows()
            with transaction.atomic():
                answer = client.post(filled.path, typed)
                after = rows()
                transaction.set_rollback(True)
            told = f"{name}, {field} {what}: {answer.status_code}"
            assert answer.status_code in {200, 302, 403, 409, 422}, told
            if answer.status_code in {409, 422}:
                assert after == before, told
                assert shows(answer, typed), told
            if what == "10,001 characters" and field not in filled.lenient:
                assert answer.status_code != 302, told


@pytest.mark.parametrize("name", FORMS)
def test_the_form_is_right_before_it_is_broken(name: str, cast: Cast) -> None:
    """Else the test above would show nothing."""
    filled = FORMS[name](cast)
    answer = signed_in(filled).post(filled.path, filled.fields)
    assert answer.status_code == (200 if name in {"status", "phone"} else 302)


@pytest.mark.parametrize("name", FORMS)
def test_broken_text_is_refused_before_anything_happens(name: str, cast: Cast) -> None:
    filled = FORMS[name](cast)
    client = signed_in(filled)
    before = rows()
    good = urlencode({key: v for key, v in filled.fields.items() if isinstance(v, str)})
    for field in filled.fields:
        for what, broken in BROKEN.items():
            answer = client.generic(
                "POST", filled.path, f"{good}&{field}={quote_from_bytes(broken)}",
                content_type="application/x-www-form-urlencoded",
            )  # fmt: skip
            assert answer.status_code == 400, (field, what)
            assert len(answer.content.decode()) < 200
    assert rows() == before


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_text_is_refused_in_a_form_with_a_file_too(broken: str, cast: Cast) -> None:
    filled = bad_forms.intake(cast)
    edge = "edge"
    body = b"".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()
        + (BROKEN[broken] if name == "text" else str(value).encode())
        + b"\r\n"
        for name, value in filled.fields.items()
    )
    answer = signed_in(filled).generic(
        "POST", filled.path, body + f"--{edge}--\r\n".encode(),
        content_type=f"multipart/form-data; boundary={edge}",
    )  # fmt: skip
    assert answer.status_code == 400
    assert not Ticket.objects.exists()


def test_no_field_that_was_not_asked_for_is_taken(cast: Cast) -> None:
    filled = bad_forms.intake(cast)
    smuggled = {
        "state": "closed", "tracker": str(cast.outsider.pk), "is_confidential": "on",
        "number": "20990101-0001-1", "lead_handler": str(cast.outsider.pk), "scope_path": "/",
        "received_at": "2020-01-01T00:00", "promised_at": "2099-01-01T00:00", "version": "99",
        "policy": "1", "source": "boston311", "closed_at": "2026-01-01T00:00", "id": "1",
    }  # fmt: skip
    signed_in(filled).post(filled.path, {**smuggled, **filled.fields})
    ticket = Ticket.objects.get()
    assert (ticket.state, ticket.tracker, ticket.is_confidential) == (
        "dispatched", cast.clerk, False,
    )  # fmt: skip
    assert ticket.lead_handler != cast.outsider
    assert (ticket.source, ticket.closed_at) == ("", None)
    assert ticket.number != smuggled["number"]
    assert ticket.received_at.year > 2020
    assert ticket.scope_path == cast.clerk.unit.company_path


@pytest.mark.parametrize(
    ("name", "field", "foreign"),
    [
        ("dispatch", "unit", "other_company"), ("reassign", "to", "outsider"),
        ("reassign", "to", "stranger"), ("import", "unit", "other_company"),
    ],
)  # fmt: skip
def test_the_number_of_a_foreign_thing_is_no_choice(
    name: str, field: str, foreign: str, cast: Cast
) -> None:
    filled = FORMS[name](cast)
    before = rows()
    typed = {**filled.fields, field: str(getattr(cast, foreign).pk)}
    assert signed_in(filled).post(filled.path, typed).status_code == 422
    assert rows() == before


def test_a_form_sent_twice_logs_one_ticket(cast: Cast) -> None:
    filled = bad_forms.intake(cast)
    client = signed_in(filled)
    first, second = (client.post(filled.path, filled.fields) for _ in range(2))
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == 1


def test_going_back_and_sending_other_words_logs_nothing_and_keeps_them(cast: Cast) -> None:
    filled = bad_forms.intake(cast)
    client = signed_in(filled)
    client.post(filled.path, {**filled.fields, "text": "先说的话"})
    answer = client.post(filled.path, filled.fields)
    assert answer.status_code == 409
    assert shows(answer, filled.fields)
    assert Ticket.objects.count() == 1


@pytest.mark.parametrize("name", ["dispatch", "done", "review", "cancel", "reopen", "decide"])
def test_going_back_and_sending_a_move_again_is_refused_and_keeps_the_words(
    name: str, cast: Cast
) -> None:
    filled = FORMS[name](cast)
    client = signed_in(filled)
    client.post(filled.path, filled.fields)
    before = rows()
    answer = client.post(filled.path, filled.fields)
    assert answer.status_code in {403, 409}
    assert rows() == before
    assert shows(answer, filled.fields)


_QUERIES = (
    "q", "after", "before", "tab", "state", "kind", "utility", "part", "unit", "clock", "holder",
    "month", "figure", "row", "who", "contact_phone", "category", "customer", "account", "key",
    "language", "next",
)  # fmt: skip
_ODD = (
    quote("长" * 2_000), "-1", "9" * 40, "2026-13", "9999-12-31~1", "2026-01-01T00:00:00Z~" + "9" * 30,
    "%27%20OR%201%3D1--", "%F0%9F%92%A5", "0001-01-01T00%3A00%3A00%2B14%3A00~1",
)  # fmt: skip
_LISTS = {
    "clerk": (
        "customers:find", "tickets:intake", "tickets:intake-caller", "tickets:intake-promise",
        "tickets:list",
    ),
    "supervisor": (
        "tickets:work", "tickets:list", "tickets:overdue", "notifications:notices",
        "notifications:outgoing", "surveys:desk", "reports:month", "reports:tickets",
    ),
    "external_supervisor": ("reports:month", "reports:tickets"),
    "administrator": ("tickets:import", "organisation:people", "tickets:public-status"),
}  # fmt: skip


@pytest.mark.parametrize("odd", _ODD, ids=range(len(_ODD)))
def test_an_odd_address_is_answered(odd: str, cast: Cast) -> None:
    a_ticket(cast, state=State.IN_PROGRESS)
    right_figure = f"figure=received&month=2026-03&row={odd}&before={odd}"
    queries = ("&".join(f"{name}={odd}" for name in _QUERIES), right_figure)
    for person, names in _LISTS.items():
        client = Client(raise_request_exception=False)
        client.force_login(getattr(cast, person))
        for name in names:
            answers = {client.get(f"{reverse(name)}?{query}").status_code for query in queries}
            assert answers <= {200, 403, 404}, (person, name, answers)


@pytest.mark.parametrize("broken", BROKEN)
def test_a_broken_address_is_refused(broken: str, cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.supervisor)
    raw = quote_from_bytes(BROKEN[broken])
    for name in ("tickets:list", "tickets:overdue", "customers:find", "reports:month"):
        assert client.get(f"{reverse(name)}?q={raw}").status_code == 400
    assert client.get(f"/tickets/{raw}/").status_code in {400, 404}


@pytest.mark.parametrize("number", ["0", "9" * 18, "9" * 19, "9" * 60])
def test_the_number_of_nothing_is_not_found(number: str, cast: Cast) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(cast.supervisor)
    a_callback(cast)
    paths = (
        f"/customers/{number}/", f"/tickets/of-customer/{number}/", f"/reports/export/{number}/",
        f"/reports/export/{number}/file/", f"/tickets/20260101-{number[:8]}-0/",
    )  # fmt: skip
    for path in paths:
        assert client.get(path).status_code in {200, 404}, path
    assert client.post(f"/notices/outgoing/{number}/again/").status_code == 404
    client.force_login(cast.callback_agent)
    assert client.get(f"/surveys/callbacks/{number}/").status_code == 404
    client.force_login(cast.administrator)
    assert client.get(f"/tickets/import/{number}/").status_code == 404


COMMANDS = (
    "import_tickets", "import_tickets /nowhere.csv", "import_tickets {file} --mapping nothing",
    "import_tickets /nowhere.csv --mapping boston311", "import_tickets {folder} --mapping nyc311",
    "import_tickets {file} --mapping boston311", "import_tickets {empty} --mapping nyc311",
    "import_tickets {file} --mapping baltimore311 --unit NOBODY",
    "import_tickets {binary} --mapping tipdm_replies",
    "load_demonstration --tickets many", "load_demonstration --tickets -5",
    "load_demonstration --months 0", "load_demonstration surplus",
    "run_deadlines --twice", "run_delivery surplus", "run_mail_sink --port x", "messages",
    "messages translate", "prepare_desk surplus", "load_presets --all", "no_such_command",
)  # fmt: skip


@pytest.mark.parametrize("line", COMMANDS)
def test_a_wrong_command_gets_a_sentence(
    line: str, db: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The command would close the connection that holds this test's transaction.
    monkeypatch.setattr(connections, "close_all", lambda: None)
    for name, content in {"file": b"a,b\n1,2\n", "empty": b"", "binary": b"PK\3\4\0\xff"}.items():
        (tmp_path / name).write_bytes(content)
    places = {name: str(tmp_path / name) for name in ("file", "empty", "binary")}
    words = line.format(folder=tmp_path, **places).split()
    before = rows()
    with pytest.raises(SystemExit) as ended:
        ManagementUtility(["manage.py", *words]).execute()
    said = capsys.readouterr().err
    assert ended.value.code in {1, 2}
    assert "Traceback" not in said
    assert re.search(r"\w+.*\w+", said.strip().splitlines()[-1])
    assert rows() == before
