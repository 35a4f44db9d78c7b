"""The text message gateway and the receiver of webhooks of a machine that has none."""

import signal
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from servicedesk import http_sink


class Command(BaseCommand):
    help = "Catch text messages and webhooks, on loopback, until stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--port", type=int, help="0 for any free one; it is written out")
        parser.add_argument("--folder", type=Path, help="where the newest are kept")
        parser.add_argument("--log", type=Path, help="one lasting JSON line per hand-over")

    def handle(self, **options: Any) -> None:
        ends = {signal.SIGTERM, signal.SIGINT}
        # Blocked before the server's threads start, so that only this wait sees them.
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        port = settings.HTTP_SINK_PORT if options["port"] is None else options["port"]
        log = options["log"] or settings.SINK_LOG
        sink = http_sink.server(port, folder=options["folder"] or settings.HTTP_SINK_FOLDER, log=log)
        threading.Thread(target=sink.serve_forever, daemon=True).start()
        self.stdout.write(f"Listening on 127.0.0.1:{sink.server_port}")
        self.stdout.flush()
        signal.sigwait(ends)
        sink.shutdown()
