"""The calendars, categories, ladders and limits the desk ships with."""

from typing import Any

from django.core.management.base import BaseCommand

from organisation import presetting as calendars
from servicedesk.lib import clock
from tickets import presetting


class Command(BaseCommand):
    help = "Load the shipped calendars, categories, ladders and limits; loading again changes nothing."

    def handle(self, **options: Any) -> None:
        at = clock.now()
        new_calendars = calendars.load_calendars(by=None, at=at)
        loaded = presetting.load(by=None, at=at)
        self.stdout.write(
            f"New: {new_calendars} calendars, {loaded.categories} categories, "
            f"{loaded.ladders} ladders, {loaded.policies} policies."
        )
