"""Load tickets from a file of another system: run it again and only what changed is written."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from servicedesk.lib import clock
from servicedesk.lib.errors import DeskError
from tickets import importing, mappings

_BETWEEN_LINES = 1.0


class Command(BaseCommand):
    help = "Load tickets from a CSV (plain or gzipped) or Excel file. Sends nothing to anybody."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", required=True, help=", ".join(mappings.names()))
        parser.add_argument("--unit", default="", help="code of the company or unit they belong to")
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")
        parser.add_argument("--errors", type=Path, help="where to list the refused rows")

    def handle(self, **options: Any) -> None:
        self.told_at = 0.0
        self.aside = self.stderr if options["json"] else self.stdout
        refusals_path = options["errors"] or self._own_path(options["file"], options["dry_run"])
        begun = time.monotonic()
        try:
            counts = importing.load(
                path=options["file"], mapping=options["mapping"], unit=options["unit"],
                is_dry_run=options["dry_run"], refusals_path=refusals_path, tell=self._progress,
                by=None, at=clock.now(),
            )  # fmt: skip
        except DeskError as error:
            raise CommandError(str(error)) from None
        except OSError as error:
            raise CommandError(f"{error.strerror}: {error.filename}") from None
        seconds = round(time.monotonic() - begun, 2)
        if counts.refused and refusals_path is not None:
            self.aside.write(f"Refused rows are listed in {refusals_path}")
        self._conclude(asdict(counts), seconds, options)

    def _own_path(self, file: Path, is_dry_run: bool) -> Path | None:
        """Below var/, never beside the input; a dry run writes nothing at all."""
        name = file.name.replace(".", "_")
        return None if is_dry_run else Path(settings.VAR) / "imports" / f"{name}.refused.csv"

    def _progress(self, done: int, total: int) -> None:
        if time.monotonic() - self.told_at >= _BETWEEN_LINES or done == total:
            self.told_at = time.monotonic()
            self.aside.write(f"{done} of {total} rows")
            self.aside.flush()

    def _conclude(self, counts: dict[str, int], seconds: float, options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps({**counts, "seconds": seconds}))
            return
        told = ", ".join(f"{name} {number}" for name, number in counts.items())
        end = " (nothing was written)" if options["dry_run"] else ""
        self.stdout.write(f"{told} in {seconds} s{end}")
