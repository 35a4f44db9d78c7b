"""The mail server of a machine that has none."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from servicedesk import mail_sink


class Command(BaseCommand):
    help = "Catch what the desk mails, on loopback, until stopped."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        ends = {signal.SIGTERM, signal.SIGINT}
        # Blocked before the server's thread starts, so that only this wait sees them.
        signal.pthread_sigmask(signal.SIG_BLOCK, ends)
        controller = mail_sink.server()
        controller.start()
        signal.sigwait(ends)
        controller.stop()
