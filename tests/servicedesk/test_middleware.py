import re

import pytest
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from pytest import MonkeyPatch

from servicedesk import middleware
from tests.cast import Cast

# NUL, half of a character, an encoded surrogate, an overlong slash.
BROKEN = ("%00", "%E5%81", "%ED%A0%80", "%C0%AF")
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def visitor(db: None) -> Client:
    return Client(raise_request_exception=True)


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_text_in_an_address_is_answered_with_400(visitor: Client, broken: str) -> None:
    for address in (f"/tickets/{broken}/", f"/sign-in/?next={broken}", f"/?{broken}=1"):
        answer = visitor.get(address)
        assert answer.status_code == 400, address
        assert answer["Content-Type"] == "text/plain; charset=utf-8"
        assert answer.content


@pytest.mark.parametrize("broken", BROKEN)
def test_broken_text_in_a_form_is_answered_with_400(visitor: Client, broken: str) -> None:
    for body in (f"username={broken}&password=x", f"{broken}=x"):
        assert visitor.post("/sign-in/", body, content_type=FORM).status_code == 400


@pytest.mark.parametrize("value", [b"\0", b"\xe5\x81", b"\xed\xa0\x80"])
def test_broken_text_in_a_form_with_files_is_answered_with_400(
    visitor: Client, value: bytes
) -> None:
    head = b'--edge\r\nContent-Disposition: form-data; name="username"\r\n\r\n'
    body = head + value + b"\r\n--edge--\r\n"
    answer = visitor.generic("POST", "/sign-in/", body, "multipart/form-data; boundary=edge")
    assert answer.status_code == 400


def test_a_nul_hidden_in_a_cookie_is_answered_with_400(visitor: Client) -> None:
    visitor.cookies.load({"session": "x"})
    answer = visitor.get("/", headers={"cookie": r'session="aaaaaaaa\000aaaaaaaa"'})
    assert answer.status_code == 400


@pytest.mark.parametrize("words", ["停电了", "%E5%81%9C%E7%94%B5", "100%25", "a+b", "😀"])
def test_whole_text_of_every_kind_passes(visitor: Client, words: str) -> None:
    assert visitor.get(f"/sign-in/?next={words}").status_code == 200
    assert visitor.get(f"/no-such-page/{words}/é/").status_code == 404
    sent = visitor.post("/sign-in/", {"username": words, "password": "wrong"})
    assert sent.status_code in {200, 422}


@pytest.fixture
def handler(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.handler)
    return client


class Minutes:
    """A clock that stands where the test puts it."""

    def __init__(self) -> None:
        self.passed = 0.0

    def time(self) -> float:
        return 1_800_000_000 + 60 * self.passed


@pytest.fixture
def minutes(monkeypatch: MonkeyPatch) -> Minutes:
    found = Minutes()
    monkeypatch.setattr(middleware, "time", found)
    return found


def is_signed_in(client: Client, **headers: str) -> bool:
    return client.get(reverse("tickets:work"), headers=headers).status_code == 200


def test_it_ends_a_session_that_was_idle_for_half_an_hour(handler: Client, minutes: Minutes) -> None:
    assert is_signed_in(handler)
    minutes.passed = 29
    assert is_signed_in(handler)
    minutes.passed = 58
    assert is_signed_in(handler)
    minutes.passed = 89
    assert not is_signed_in(handler)
    assert Session.objects.count() == 0


def test_a_page_that_asks_by_itself_prolongs_nothing(handler: Client, minutes: Minutes) -> None:
    assert is_signed_in(handler)
    for minutes.passed in range(1, 31):
        assert is_signed_in(handler, X_Poll="1")
    minutes.passed = 31
    assert not is_signed_in(handler, X_Poll="1")


def test_it_ends_a_busy_session_after_twelve_hours(handler: Client, minutes: Minutes) -> None:
    for minutes.passed in range(0, 12 * 60 + 1, 20):
        assert is_signed_in(handler)
    minutes.passed = 12 * 60 + 2
    assert not is_signed_in(handler)


def test_the_policy_forbids_everything_but_our_own(visitor: Client) -> None:
    policy = visitor.get("/")["Content-Security-Policy"]
    parts = dict(re.split(r"\s+", part.strip(), maxsplit=1) for part in policy.split(";") if part)
    assert parts == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        "img-src": "'self' data: blob:",
        "font-src": "'self'",
        "connect-src": "'self'",
        "worker-src": "'self'",
        "manifest-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "object-src": "'none'",
        "frame-ancestors": "'none'",
    }
