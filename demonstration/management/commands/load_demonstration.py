"""Two made-up utilities with fourteen months of tickets."""

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from demonstration import accounts, building
from servicedesk.lib import clock
from servicedesk.lib.errors import DeskError


class Command(BaseCommand):
    help = "Fill an empty desk with made-up utilities and their tickets; loading again adds nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--tickets", type=_at_least_one, default=500)
        parser.add_argument("--months", type=_at_least_one, default=14)
        parser.add_argument("--seed", type=int, default=1)
        parser.add_argument(
            "--processes", type=_at_least_one, default=2, help="how many share the work"
        )

    def handle(self, **options: Any) -> None:
        self._say_who_can_sign_in()
        size = building.Size(options["tickets"], options["months"], options["seed"])
        try:
            written = building.build(
                size=size, processes=options["processes"], by=None, at=clock.now()
            )
        except DeskError as error:
            raise CommandError(str(error)) from error
        if written:
            self.stdout.write(f"{written} tickets of the demonstration written.")

    def _say_who_can_sign_in(self) -> None:
        """One account per role, for whoever started the desk and looks at the terminal."""
        with translation.override("en"):
            people = [f"  {number:<12}{role}" for number, role in accounts.accounts()]
        self.stdout.write(f"Sign in with the password {accounts.PASSWORD} as one of:")
        self.stdout.write("\n".join(people))


def _at_least_one(typed: str) -> int:
    """A count; argparse turns the error into its sentence."""
    if not (typed.isascii() and typed.isdigit() and 0 < int(typed) < 1_000_000):
        raise ArgumentTypeError(f"{typed!r} is not a whole number from 1 to 999999")
    return int(typed)
