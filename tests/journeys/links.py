"""What works behind the pages, each part a real one that can be cut and mended: the engine, the
relay, the workers of both queues and the mail server."""

import contextlib
import email
import email.policy
import os
import socket
import subprocess
import sys
import tempfile
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from servicedesk.processes.places import TREE

ENGINE, RELAY, NOTIFY, BULK, SMTP = "engine", "relay", "notify", "bulk", "smtp"
ALL = (ENGINE, RELAY, NOTIFY, BULK, SMTP)
_QUEUES = {NOTIFY: "email,sms,webhook", BULK: "bulk"}
_MANAGED = {ENGINE: "run_deadlines", RELAY: "run_delivery"}


class Links:
    """Nothing runs until it is mended; `mails` is what the mail server has caught."""

    def __init__(self, environment: dict[str, str], *, redis_url: str | None = None) -> None:
        self.port = free_port()
        self.environment = environment | {
            "SMTP_URL": f"smtp://127.0.0.1:{self.port}", "SMS_GATEWAY": "sms.servicedesk.invalid",
            "REDIS_URL": redis_url or _own_queue(environment["REDIS_URL"]),
        }
        self.mails: list[EmailMessage] = []
        self.log = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `end`
        self._processes: list[subprocess.Popen[bytes]] = []
        self._mail_server: Controller | None = None

    def mend(self, *names: str) -> None:
        """Start these; both queues together get one worker."""
        queues = [_QUEUES[name] for name in names if name in _QUEUES]
        for name in names:
            if name in _MANAGED:
                self._start("manage.py", _MANAGED[name])
        if queues:
            self._start(
                "-m", "celery", "--app", "servicedesk", "worker", "--queues", ",".join(queues),
                "--concurrency", "1", "--without-gossip", "--without-mingle",
                "--hostname", f"{queues[0][:5]}-{os.getpid()}@%h", "--loglevel", "WARNING",
            )  # fmt: skip
        if SMTP in names:
            self._mail_server = Controller(self, hostname="127.0.0.1", port=self.port)
            self._mail_server.start()

    def end(self) -> None:
        """All gone when this returns, so that the tables can be emptied."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
        if self._mail_server is not None:
            self._mail_server.stop()
        self.log.close()

    def said(self) -> str:
        """The last words of the processes."""
        self.log.seek(0)
        return self.log.read().decode(errors="replace")[-4000:]

    async def handle_DATA(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any
    ) -> str:
        """The mail server's side: keep the mail."""
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 Kept"

    def _start(self, *words: str) -> None:
        self._processes.append(
            subprocess.Popen(
                [sys.executable, *words], cwd=TREE, env=self.environment,
                stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
            )
        )  # fmt: skip


def _own_queue(redis_url: str) -> str:
    """A database of Redis for this test process: another one's worker would take its messages."""
    name = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
    return f"{redis_url}?virtual_host={1 + int(name.removeprefix('gw')) % 15}"


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
