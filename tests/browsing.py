"""A real desk for tests that need a whole one, and a real browser to look at it.

    @pytest.mark.browser
    def test_it_opens(browser_page: Page, live_desk: str, cast: Cast) -> None:
        browser_page.goto(live_desk)

The desk is gunicorn on the test's own database, so the test's rows must be committed: `live_desk`
brings pytest-django's `transactional_db`, which empties the tables after the test.
"""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from typing import IO

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from organisation.models import Staff
from servicedesk.processes import browser
from servicedesk.processes.places import TREE

_START_SECONDS = 30.0


@pytest.fixture(scope="session")
def desk_environment(django_db_setup: None) -> Iterator[dict[str, str]]:
    """What a process of the desk needs to know, on this run's database and prepared for it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        environment = _environment(port, folder)
        prepare = [sys.executable, "manage.py", "prepare_desk"]
        subprocess.run(prepare, cwd=TREE, env=environment, check=True, stdout=subprocess.DEVNULL)
        yield environment


@pytest.fixture(scope="session")
def desk_address(desk_environment: dict[str, str]) -> Iterator[str]:
    """gunicorn with two workers on this run's database and static files."""
    with serving("servicedesk.wsgi:application", desk_environment, workers=2) as address:
        yield address


@contextlib.contextmanager
def serving(application: str, environment: dict[str, str], *, workers: int) -> Iterator[str]:
    """The address of a gunicorn with the application; it is gone afterwards."""
    port = int(environment["PORT"])
    command = [
        sys.executable, "-m", "gunicorn", application, "--workers", str(workers),
        "--worker-class", "gthread", "--threads", "4", "--bind", f"127.0.0.1:{port}",
        "--log-level", "warning", "--graceful-timeout", "2",
    ]  # fmt: skip
    with tempfile.TemporaryFile() as log:
        desk = subprocess.Popen(command, cwd=TREE, env=environment, stdout=log, stderr=log)
        try:
            _wait(desk, port, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            desk.terminate()
            desk.wait(10)


@pytest.fixture
def live_desk(transactional_db: None, desk_address: str) -> str:
    """The address of the desk; what the test writes is committed and gone afterwards."""
    return desk_address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser per worker."""
    # Playwright keeps an event loop in this thread, which Django would take for an async caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "yes"
    with sync_playwright() as play:
        running = play.chromium.launch(
            executable_path=str(browser.find()), args=list(browser.FLAGS)
        )
        yield running
        running.close()


@pytest.fixture
def browser_context(chromium: Browser) -> Iterator[BrowserContext]:
    """A fresh profile of 1366x768 with nothing remembered."""
    context = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def browser_page(browser_context: BrowserContext, live_desk: str) -> Iterator[Page]:
    """An empty page; a script error or a breach of the content policy fails the test."""
    page = browser_context.new_page()
    wrong = watched(page)
    yield page
    assert not wrong, wrong


def watched(page: Page) -> list[str]:
    """A list that fills with the page's script errors and breaches of the content policy."""
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("console", lambda line: _note_breach(line.text, wrong))
    return wrong


def sign_in(context: BrowserContext, address: str, person: Staff) -> None:
    """The person's session as a cookie, without going through the sign-in page."""
    client = Client()
    client.force_login(person)
    cookies = client.cookies.items()
    context.add_cookies(
        [{"name": name, "value": morsel.value, "url": address} for name, morsel in cookies]
    )


def _note_breach(said: str, wrong: list[str]) -> None:
    if "Content Security Policy" in said or "Content-Security-Policy" in said:
        wrong.append(said)


def _environment(port: int, folder: str) -> dict[str, str]:
    """The desk's own settings with this test's database and keys, and files of its own."""
    database = connection.settings_dict
    address = f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}"
    return os.environ | {
        "DATABASE_URL": f"{address}?host={database['HOST']}&port={database['PORT'] or 5432}",
        "SERVICEDESK_VAR": folder,
        "SECRET_KEY": settings.SECRET_KEY,
        "PHONE_HASH_KEY": settings.PHONE_HASH_KEY,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "servicedesk.settings",
    }


def _wait(desk: subprocess.Popen[bytes], port: int, log: IO[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        if desk.poll() is not None:
            break
        time.sleep(0.05)
    log.seek(0)
    raise RuntimeError("The desk did not start: " + log.read().decode()[-2000:])
