"""The mail server of a machine that has none."""

import signal
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from servicedesk import mail_sink


class Command(BaseCommand):
    help = "Catch what the desk mails, on loopback, until stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, help="0 for any free one; it is written out")
        parser.add_argument("--log", type=Path, help="one lasting JSON line per hand-over")

    def handle(self, **options: Any) -> None:
        ends = {signal.SIGTERM, signal.SIGINT}
        # Blocked before the server's thread starts, so that only this wait sees them.
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        port = settings.MAIL_SINK_PORT if options["port"] is None else options["port"]
        controller = mail_sink.server(port, log=options["log"] or settings.SINK_LOG)
        controller.start()
        self.stdout.write(f"Listening on 127.0.0.1:{controller.port}")
        self.stdout.flush()
        signal.sigwait(ends)
        controller.stop()
