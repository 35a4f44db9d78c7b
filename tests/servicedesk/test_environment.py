import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest import MonkeyPatch

from servicedesk.lib import environment, secret_keys
from servicedesk.processes.places import TREE

Reader = Callable[[], Any]


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("eighty", lambda: environment.number("X", 1)),
        ("-1", lambda: environment.number("X", 1)),
        ("70000", lambda: environment.number("X", 1, most=65535)),
        ("perhaps", lambda: environment.flag("X", default=False)),
        ("blue", lambda: environment.one_of("X", "red", {"red", "green"})),
        ("desk.example.org", lambda: environment.web_address("X", "")),
        ("https://desk.example.org/below", lambda: environment.web_address("X", "")),
        ("mysql://root@host/desk", lambda: environment.database("X", "")),
        ("postgresql://host", lambda: environment.database("X", "")),
        ("mail.example.org", lambda: environment.mail_server("X", "")),
    ],
)
def test_a_wrong_value_ends_with_its_name(given: str, read: Reader, monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("X", given)
    with pytest.raises(environment.WrongEnvironment, match="^X "):
        read()


def test_a_database_is_found_by_host_or_by_socket(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("X", "postgresql://desk:p%40ss@db.example.org:5433/desk?sslmode=require")
    found = environment.database("X", "")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example.org", "5433", "desk")
    assert (found["USER"], found["PASSWORD"]) == ("desk", "p@ss")
    assert found["OPTIONS"] == {"sslmode": "require"}
    monkeypatch.setenv("X", "postgresql://desk@/desk?host=%2Frun%2Fmy%20desk")
    assert environment.database("X", "")["HOST"] == "/run/my desk"


def test_a_mail_server_is_plain_or_encrypted(monkeypatch: MonkeyPatch) -> None:
    monkeypatch.setenv("X", "smtp+tls://me:secret@mail.example.org")
    found = environment.mail_server("X", "")
    assert (found["EMAIL_PORT"], found["EMAIL_USE_TLS"], found["EMAIL_USE_SSL"]) == (587, True, False)
    monkeypatch.setenv("X", "smtps://mail.example.org")
    assert environment.mail_server("X", "")["EMAIL_USE_SSL"]


def test_a_key_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    key = secret_keys.kept(tmp_path / "var", "key")
    assert len(key) >= 64
    assert secret_keys.kept(tmp_path / "var", "key") == key
    assert (tmp_path / "var" / "key").stat().st_mode & 0o077 == 0
    assert os.listdir(tmp_path / "var") == ["key"]  # noqa: PTH208


def settings_with(names: list[str], **variables: str) -> dict[str, Any]:
    """The named settings as a fresh process reads them."""
    program = (
        "import json, sys; from servicedesk import settings\n"
        "print(json.dumps({name: getattr(settings, name) for name in sys.argv[1:]}, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *names], cwd=TREE, env=os.environ | variables,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


COOKIES = ["SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT",
           "SECURE_HSTS_SECONDS"]  # fmt: skip


def test_https_outside_makes_everything_secure() -> None:
    found = settings_with(COOKIES, PUBLIC_URL="https://desk.example.org")
    assert list(found.values()) == ["__Host-session", True, True, True, 31_536_000]


def test_plain_http_is_for_this_machine() -> None:
    found = settings_with(COOKIES, PUBLIC_URL="http://127.0.0.1:8000")
    assert list(found.values()) == ["session", False, False, False, 0]


def test_time_limits_of_the_database_are_the_webs_alone() -> None:
    web = settings_with(["DATABASES"], SERVICEDESK_PROCESS="web")["DATABASES"]["default"]["OPTIONS"]
    assert web["options"].endswith(
        "-c statement_timeout=15s -c lock_timeout=2s -c idle_in_transaction_session_timeout=10s"
    )
    others = settings_with(["DATABASES"])["DATABASES"]["default"]["OPTIONS"]
    assert "timeout" not in others["options"]


def test_a_frozen_loop_gives_up_the_rows_it_holds() -> None:
    loop = settings_with(["DATABASES"], SERVICEDESK_PROCESS="loop")["DATABASES"]["default"]
    assert loop["OPTIONS"]["options"].endswith(" -c idle_in_transaction_session_timeout=5s")


def test_the_version_is_the_newest_of_the_change_log() -> None:
    heading = next(
        line for line in (TREE / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")
    )
    assert settings_with(["VERSION"])["VERSION"] in heading


def test_django_finds_nothing_to_say_about_a_deployment() -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], cwd=TREE,
        env=os.environ | {"PUBLIC_URL": "https://desk.example.org",
                          "DJANGO_SETTINGS_MODULE": "servicedesk.settings"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
