"""What the sinks caught, on one page, for the administrator alone."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from organisation.models import Staff
from servicedesk import http_sink, mail_sink
from tests.cast import Cast


@pytest.fixture
def caught(settings: Settings, tmp_path: Path) -> None:
    settings.MAIL_SINK_FOLDER, settings.HTTP_SINK_FOLDER = tmp_path / "mail", tmp_path / "caught"
    settings.USES_MAIL_SINK = settings.USES_HTTP_SINK = True
    mail_sink.put(b"Subject: overdue\r\n\r\nA mail", ["su@desk.example"])
    sink = http_sink.server(0, folder=tmp_path / "caught")
    sink.catch("sms", "survey:1:sms", "13900000001", "<b>A text</b>")
    sink.catch("webhook", "event:1:webhook", "/webhook/erp", '{"event":"closed"}')
    sink.server_close()


def page(person: Staff) -> tuple[int, str]:
    client = Client()
    client.force_login(person)
    answer = client.get(reverse("notifications:mailbox"))
    return answer.status_code, answer.content.decode()


def test_mails_texts_and_webhooks_stand_on_one_page(cast: Cast, caught: None) -> None:
    status, said = page(cast.administrator)
    assert status == 200
    for words in ("overdue", "13900000001", "&lt;b&gt;A text&lt;/b&gt;", "/webhook/erp"):
        assert words in said


def test_nobody_else_reads_them(cast: Cast, caught: None) -> None:
    for person in (cast.supervisor, cast.clerk, cast.outsider):
        status, said = page(person)
        assert status == 403
        assert "13900000001" not in said


def test_what_has_a_real_server_is_not_there(
    cast: Cast, caught: None, settings: Settings
) -> None:
    settings.USES_MAIL_SINK = False
    assert "overdue" not in page(cast.administrator)[1]
    settings.USES_HTTP_SINK = False
    assert page(cast.administrator)[0] == 404
