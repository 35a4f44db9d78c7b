import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from pytest_django.fixtures import Settings

from servicedesk import mail_sink
from servicedesk.processes.places import TREE


@pytest.fixture
def box(settings: Settings, tmp_path: Path) -> Path:
    settings.MAIL_SINK_FOLDER = tmp_path / "mail"
    return tmp_path / "mail"


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found: int = probe.getsockname()[1]
    return found


@pytest.fixture
def sink(box: Path, port: int, settings: Settings) -> Iterator[int]:
    settings.MAIL_SINK_PORT = port
    running = mail_sink.server()
    running.start()
    yield port
    running.stop()


def mail(subject: str, body: str = "您的工单已办结。") -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "desk@desk.invalid", "li@example.org", subject
    made["Message-ID"] = "<event.1@desk.invalid>"
    made.set_content(body)
    return made


def test_what_is_sent_can_be_read(sink: int) -> None:
    with smtplib.SMTP("127.0.0.1", sink, timeout=10) as line:
        line.send_message(mail("工单 20261121-0007-3"))
        line.send_message(mail("second"))
    newest, older = mail_sink.newest(10)
    assert newest.subject == "second"
    assert older.subject == "工单 20261121-0007-3"
    assert older.to == "li@example.org"
    assert older.body.strip() == "您的工单已办结。"
    assert older.message_id == "<event.1@desk.invalid>"


def test_it_keeps_the_newest_only(box: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_sink, "KEPT", 3)
    for number in range(5):
        mail_sink.put(mail(f"mail {number}").as_bytes(), ["li@example.org"])
    assert [one.subject for one in mail_sink.newest(10)] == ["mail 4", "mail 3", "mail 2"]


def test_a_mail_that_is_too_large_is_refused(sink: int) -> None:
    with smtplib.SMTP("127.0.0.1", sink, timeout=10) as line:
        line.ehlo()
        with pytest.raises(smtplib.SMTPException):
            line.send_message(mail("large", "x" * 2_000_000))
    assert mail_sink.newest(1) == []


def test_an_empty_sink_is_an_empty_list(box: Path) -> None:
    assert mail_sink.newest(10) == []


def test_the_command_serves_until_it_is_told_to_end(port: int, tmp_path: Path) -> None:
    running = subprocess.Popen(
        [sys.executable, "manage.py", "run_mail_sink"], cwd=TREE,
        env={"PATH": "/usr/bin:/bin", "SERVICEDESK_VAR": str(tmp_path), "MAIL_SINK_PORT": str(port)},
    )  # fmt: skip
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                break
        time.sleep(0.05)
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as line:
        line.send_message(mail("here"))
    running.terminate()
    assert running.wait(20) == 0
    assert len(list((tmp_path / "mail" / "new").iterdir())) == 1
