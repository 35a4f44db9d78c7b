"""Find the limits behind another system's due times and keep them as policies."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from servicedesk.lib import clock
from servicedesk.lib.errors import DeskError
from tickets import fitting, import_reading, mappings
from tickets.replaying import Parity


class Command(BaseCommand):
    help = "Fit a limit for each category of a file on its even rows; writes policy versions."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", required=True, help=", ".join(mappings.names()))
        parser.add_argument("--rows", choices=[*Parity], default=Parity.EVEN)

    def handle(self, **options: Any) -> None:
        try:
            mapping = import_reading.mapping_of(options["mapping"])
            import_reading.check(options["file"], options["file"].name, mapping)
            found = fitting.fit(
                path=options["file"], mapping=mapping, parity=Parity(options["rows"]),
                by=None, at=clock.now(),
            )  # fmt: skip
        except DeskError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{found.known} categories with a steady limit, {found.unknown} without; "
            f"{found.written} new policy versions."
        )
