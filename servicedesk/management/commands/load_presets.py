"""Everything the desk ships with as rows: calendars, limits, categories, questionnaires, targets."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string

from servicedesk.lib import clock


class Command(BaseCommand):
    help = "Load what the desk ships with as rows; loading again changes nothing."

    def handle(self, **options: Any) -> None:
        at = clock.now()
        for name in settings.PRESETS:
            import_string(name)(by=None, at=at)
