"""Load a year's published holidays into a working calendar."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from organisation import calendar_changes, calendar_keeping, holiday_tables
from organisation.models import Calendar
from servicedesk.lib import clock
from servicedesk.lib.errors import DeskError
from tickets import calendar_reach


class Command(BaseCommand):
    help = "Load the table {year, papers, days} of a year; open tickets are counted anew by it."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--calendar", required=True, help="code, for example working-days-cn")
        parser.add_argument("--dry-run", action="store_true", help="show what would change")

    def handle(self, **options: Any) -> None:
        newest = Calendar.objects.newest().filter(code=options["calendar"]).first()
        if newest is None:
            raise CommandError(f"There is no calendar {options['calendar']}.")
        try:
            table = holiday_tables.read(Path(options["file"]).read_text("utf-8-sig"))
            wanted = holiday_tables.loaded(newest, table)
            self.show(newest, wanted)
            if not options["dry_run"]:
                row = calendar_keeping.load_holidays(
                    code=newest.code, table=table, by=None, at=clock.now()
                )
                self.stdout.write(f"Saved as version {row.version}.")
        except calendar_keeping.SaysTheSame as same:
            self.stdout.write(str(same))
        except (DeskError, OSError, UnicodeDecodeError) as error:
            raise CommandError(str(error)) from None

    def show(self, newest: Calendar, wanted: Calendar) -> None:
        """Each date that changes, and how many open tickets it concerns."""
        for one in calendar_changes.between(newest.plain(), wanted.plain()).days:
            said = [rule.kind if rule else "like its weekday" for rule in (one.before, one.after)]
            self.stdout.write(f"{one.day}: {said[0]} -> {said[1]}")
        reach = calendar_reach.reach(newest.code)
        self.stdout.write(
            f"{reach.open_count} open tickets use the calendar, "
            f"{reach.provisional_count} of them with provisional due times."
        )
