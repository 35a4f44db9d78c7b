"""Keep the Chinese of the desk complete: extract, merge, check, compile.

manage.py messages extract    find every string; new ones come untranslated, old ones go
manage.py messages merge      the same, and take translations from locale/fragments/*.po
manage.py messages check      name what is missing or wrong; fails if there is any
manage.py messages compile    write the .mo files (not committed; no other program needed)
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from servicedesk.lib import catalogue


class Command(BaseCommand):
    help = "Extract, merge, check or compile the translations."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("act", choices=["extract", "merge", "check", "compile"])

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        if options["act"] == "compile":
            for path in catalogue.compile_all(root):
                self.stdout.write(str(path.relative_to(root)))
            return
        file = root / catalogue.WHERE / "django.po"
        is_merge = options["act"] == "merge"
        fragments = sorted((root / catalogue.FRAGMENTS).glob("*.po")) if is_merge else []
        sources = [catalogue.read(path) for path in [*fragments, file]]
        complete, quarrels = catalogue.merged(catalogue.extracted(root), sources)
        wrong = [*(quarrels if is_merge else []), *catalogue.problems(complete)]
        if options["act"] == "check" and wrong:
            raise CommandError("\n".join(wrong))
        if options["act"] != "check":
            catalogue.write(complete, file)
        for line in wrong:
            self.stderr.write(line)
        self.stdout.write(f"{len(complete)} messages, {len(wrong)} to look at.")
