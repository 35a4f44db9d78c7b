"""Judge another system's due times by this desk's engine; the misses are listed by reason."""

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from servicedesk.lib import clock
from servicedesk.lib.errors import DeskError
from tickets import fitting, import_reading, mappings, replaying
from tickets.replaying import NOT_JUDGED, Parity, Verdict


class Command(BaseCommand):
    help = "Compare a file's due times with the engine's, by policies fitted on the even rows."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--mapping", required=True, help=", ".join(mappings.names()))
        parser.add_argument("--rows", choices=[*Parity], default=Parity.ODD)
        parser.add_argument("--json", action="store_true", help="end with one line of JSON")

    def handle(self, **options: Any) -> None:
        path, at = options["file"], clock.now()
        self.aside = self.stderr if options["json"] else self.stdout
        try:
            mapping = import_reading.mapping_of(options["mapping"])
            import_reading.check(path, path.name, mapping)
            if not replaying.known(mapping, at):
                self.aside.write("No limits are known for this source: fitting the even rows.")
                fitting.fit(path=path, mapping=mapping, parity=Parity.EVEN, by=None, at=at)
            verdict = replaying.judge(path, mapping, Parity(options["rows"]), at)
        except DeskError as error:
            raise CommandError(str(error)) from None
        self._list(verdict)
        if options["json"]:
            self.stdout.write(json.dumps(_summary(verdict)))

    def _list(self, verdict: Verdict) -> None:
        share = f"{verdict.matched / verdict.judged:.2%}" if verdict.judged else "–"
        self.aside.write(
            f"{verdict.rows} rows, {verdict.judged} judged, {verdict.matched} matched ({share})"
        )
        for reason, number in verdict.by_reason.most_common():
            judged = "not judged" if reason in NOT_JUDGED else "missed"
            shown = ", ".join(verdict.examples.get(reason, []))
            self.aside.write(f"  {judged}: {reason} {number}{f' ({shown}, …)' if shown else ''}")
        for category, number in verdict.by_category.most_common(10):
            self.aside.write(f"  missed most: {category} {number}")


def _summary(verdict: Verdict) -> dict[str, Any]:
    return {
        "rows": verdict.rows, "judged": verdict.judged, "matched": verdict.matched,
        "by_reason": {str(reason): number for reason, number in verdict.by_reason.items()},
    }  # fmt: skip
