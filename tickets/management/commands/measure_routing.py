"""Play a file through rules and choice, and say how busy the busiest of equals is (page).

manage.py measure_routing FILE --mapping boston311 [--leave] [--json]
"""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from servicedesk.lib import clock
from servicedesk.lib.errors import DeskError
from tickets import import_reading, mappings, routing_replay
from tickets.loaded_history import Reading
from tickets.routing_replay import Arrival

MOST_SHARE = 1.2


class Command(BaseCommand):
    help = "Play the matters of a file through rules and choice; writes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", required=True, help=", ".join(mappings.names()))
        parser.add_argument("--leave", action="store_true", help="one of each turn away each week")
        parser.add_argument("--json", action="store_true", help="one line of JSON")

    def handle(self, **options: Any) -> None:
        begun = time.monotonic()
        try:
            mapping = import_reading.mapping_of(options["mapping"])
            survey = import_reading.survey(options["file"], options["file"].name, mapping)
            found = list(_arrivals(options["file"], mapping, survey.latest, clock.now()))
        except DeskError as error:
            raise CommandError(str(error)) from None
        played = routing_replay.play(found, mapping.zone, has_leave=options["leave"])
        seconds = round(time.monotonic() - begun, 1)
        if options["json"]:
            told = {
                **asdict(played),
                "worst": played.worst,
                "limit": MOST_SHARE,
                "seconds": seconds,
            }
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self._tell(played, seconds)

    def _tell(self, played: routing_replay.Played, seconds: float) -> None:
        self.stdout.write(
            f"{played.matters} matters by {played.rules} rules in {seconds} s; "
            f"{played.as_in_the_file:.1%} went where the file says"
        )
        for one in played.outcomes:
            self.stdout.write(
                f"{one.share:6.3f}  {one.unit}, {one.turn}: {one.people} equals, {one.matters} "
                f"matters, the busiest {one.busiest}, at once {one.most_held} at the most"
            )
        is_good = played.worst <= MOST_SHARE
        self.stdout.write(
            f"The busiest of equals has {played.worst:.3f} × the mean of their turn; "
            f"{MOST_SHARE} is allowed: {'kept' if is_good else 'BROKEN'}"
        )


def _arrivals(
    file: Path, mapping: mappings.Mapping, latest: import_reading.Lines, now: datetime
) -> Iterator[Arrival]:
    """Each matter once, by its last row."""
    for batch in import_reading.batches(file, mapping, latest, now):
        for row in batch:
            if isinstance(row, Reading) and not row.is_overridden:
                matter = row.matter
                yield Arrival(
                    unit=matter.unit_key or matter.category, category=matter.category,
                    group=matter.category_group or matter.category, kind=matter.kind,
                    utility=matter.utility, received_at=matter.received_at,
                    closed_at=matter.closed_at,
                )  # fmt: skip
