"""What every start does before the first page: the database, the words, the files."""

import io
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import connection

# Any fixed number; two machines that start at once then migrate one after the other.
_MIGRATING = 5_202_611


class Command(BaseCommand):
    help = "Bring the database, the translations and the static files up to this version."
    requires_system_checks: list[str] = []

    def handle(self, **options: Any) -> None:
        call_command("messages", "compile", stdout=io.StringIO())
        call_command("collectstatic", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
            call_command("migrate", interactive=False, verbosity=0)
            call_command("load_presets", verbosity=0)
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])
