"""manage.py load_questionnaires: the questionnaires and the sampling plan the desk ships with."""

from typing import Any

from django.core.management.base import BaseCommand

from servicedesk.lib import clock
from surveys import presetting


class Command(BaseCommand):
    """Loads what is not there yet; running it again changes nothing."""

    help = "Load the shipped questionnaires and the sampling plan"

    def handle(self, *args: Any, **options: Any) -> None:
        written = presetting.load(by=None, at=clock.now())
        self.stdout.write(f"{written} rows written")
