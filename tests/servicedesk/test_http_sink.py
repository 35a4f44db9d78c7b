"""The gateway and receiver of a machine that has none: it answers, keeps, and logs each hand-over."""

import http.client
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicedesk import http_sink
from servicedesk.lib import lasting_log
from servicedesk.processes.places import TREE

MESSAGE = {"id": "survey:1:sms", "to": "13900000001", "text": "请评价 8888", "sender": ""}


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[http_sink.Sink]:
    running = http_sink.server(0, folder=tmp_path / "caught", log=tmp_path / "sink.log")
    threading.Thread(target=running.serve_forever, daemon=True).start()
    yield running
    running.shutdown()
    running.server_close()


def ask(
    port: int, method: str, path: str, body: object = None, key: str = ""
) -> tuple[int, str]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    line.request(method, path, json.dumps(body) if body else None, {"Idempotency-Key": key})
    answer = line.getresponse()
    said = answer.status, answer.read().decode()
    line.close()
    return said


def test_a_text_message_is_answered_with_its_id_and_kept(sink: http_sink.Sink) -> None:
    status, said = ask(sink.server_port, "POST", "/sms", MESSAGE)
    assert (status, json.loads(said)) == (200, {"id": "survey:1:sms", "status": "accepted"})
    (caught,) = http_sink.newest(sink.folder, 10)
    assert (caught.channel, caught.to, caught.body) == ("sms", "13900000001", "请评价 8888")


def test_each_hand_over_is_a_line_of_the_log_a_repeat_too(sink: http_sink.Sink) -> None:
    for _ in range(2):
        ask(sink.server_port, "POST", "/sms", MESSAGE)
    ask(sink.server_port, "POST", "/webhook/ours", {"event": "closed"}, key="event:9")
    assert sink.log is not None
    lines = lasting_log.read(sink.log)
    assert [line["key"] for line in lines] == ["survey:1:sms", "survey:1:sms", "event:9"]
    assert [line["channel"] for line in lines] == ["sms", "sms", "webhook"]
    assert all(line["at"] for line in lines)


def test_a_line_cut_off_by_a_kill_is_left_out(tmp_path: Path) -> None:
    log = tmp_path / "sink.log"
    lasting_log.append(log, {"key": "a"})
    with log.open("a") as end:
        end.write('{"at": "2026-')
    assert [line["key"] for line in lasting_log.read(log)] == ["a"]


def test_it_says_what_became_of_an_id_also_after_a_restart(
    sink: http_sink.Sink, tmp_path: Path
) -> None:
    asked = "/sms/status?id=survey:1:sms"
    assert ask(sink.server_port, "GET", asked)[0] == 404
    ask(sink.server_port, "POST", "/sms", MESSAGE)
    assert ask(sink.server_port, "GET", asked)[0] == 200
    again = http_sink.server(0, folder=tmp_path / "caught")
    assert "survey:1:sms" in again.known
    again.server_close()


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [("/sms", {"id": "x"}, 400), ("/sms", [1], 400), ("/other", {"id": "x"}, 404)],
)
def test_what_it_does_not_understand_is_refused(
    path: str, body: object, status: int, sink: http_sink.Sink
) -> None:
    assert ask(sink.server_port, "POST", path, body)[0] == status
    assert http_sink.newest(sink.folder, 10) == []


def test_it_keeps_the_newest_only(sink: http_sink.Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_sink, "KEPT", 3)
    for number in range(5):
        sink.catch("sms", f"k{number}", "139", "x")
    assert [one.key for one in http_sink.newest(sink.folder, 10)] == ["k4", "k3", "k2"]


@pytest.mark.parametrize("command", ["run_http_sink", "run_mail_sink"])
def test_the_command_takes_any_free_port_and_serves_until_it_is_told_to_end(
    command: str, tmp_path: Path
) -> None:
    running = subprocess.Popen(
        [sys.executable, "manage.py", command, "--port", "0", "--log", str(tmp_path / "log")],
        cwd=TREE, env={"PATH": "/usr/bin:/bin", "SERVICEDESK_VAR": str(tmp_path)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert running.stdout is not None
    said = running.stdout.readline()
    assert said.startswith("Listening on 127.0.0.1:")
    if command == "run_http_sink":
        assert ask(int(said.rsplit(":")[-1]), "POST", "/sms", MESSAGE)[0] == 200
        assert len(lasting_log.read(tmp_path / "log")) == 1
    running.terminate()
    assert running.wait(20) == 0
    running.stdout.close()
