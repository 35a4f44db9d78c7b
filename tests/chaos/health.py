"""`python -m tests.chaos.health FILE`: the troubles that the desk itself sees just now, a JSON list."""

import json
import sys
from pathlib import Path


def main() -> None:
    from servicedesk.lib import clock
    from tickets import engine_health

    Path(sys.argv[1]).write_text(json.dumps(sorted(engine_health.now(clock.now()).troubles)))
