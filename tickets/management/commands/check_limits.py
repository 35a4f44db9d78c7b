"""Tell what is doubtful in the limits in force; ends with an error where one cannot be kept."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from servicedesk.lib import clock
from tickets import limit_review
from tickets.limit_checks import Finding, Severity


class Command(BaseCommand):
    help = "Check every policy in force: promises its steps cannot keep, selectors nothing fits."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, **options: Any) -> None:
        aside = self.stderr if options["json"] else self.stdout
        counted = dict.fromkeys(Severity, 0)
        policies = 0
        for policy, found in limit_review.of_all_in_force(clock.now()):
            policies += 1
            for finding in found:
                counted[finding.severity] += 1
                aside.write(f"{policy.code} v{policy.version}: {_said(finding)}")
        summary = {"policies": policies} | {f"{s.name.lower()}s": counted[s] for s in Severity}
        if options["json"]:
            self.stdout.write(json.dumps(summary))
        else:
            self.stdout.write(", ".join(f"{name} {number}" for name, number in summary.items()))
        if counted[Severity.ERROR]:
            raise CommandError("There are limits that cannot be kept as they are written.")


def _said(finding: Finding) -> str:
    facts = ", ".join(f"{name} {_plain(value)}" for name, value in finding.facts.items())
    return f"{finding.severity.name.lower()}: {finding.code}" + (f" ({facts})" if facts else "")


def _plain(value: Any) -> str:
    return " + ".join(value) if isinstance(value, tuple) else str(value)
