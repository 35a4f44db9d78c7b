"""`make chaos SECONDS=600 SEED=1`: a storm of kills over a whole desk, and the loss accountant.

Prints the seed, a line of progress every half minute, what is wrong if anything is, and last one
line of JSON. Ends with 1 on any breach, also of the goals of lateness.
"""

import argparse
import dataclasses
import json
import random
import sys
import time
from pathlib import Path
from typing import Any

from servicedesk.lib import catalogue
from servicedesk.processes import places
from servicedesk.processes.places import TREE
from tests.chaos import desk as desks
from tests.chaos import lateness
from tests.chaos.storm import Storm, Wanted, Weathered

_MOST_SHOWN = 40


def main() -> None:
    """The whole command."""
    given = _arguments()
    seed = given.seed if given.seed is not None else random.SystemRandom().randrange(10**6)
    began = time.monotonic()

    def say(sentence: str) -> None:
        sys.stdout.write(f"{time.monotonic() - began:6.0f} s  {sentence}\n")
        sys.stdout.flush()

    say(f"seed {seed}, {given.seconds:.0f} s of storm")
    catalogue.compile_all(TREE)
    keep = Path(given.keep) if given.keep else places.var_folder() / "chaos" / f"seed-{seed}"
    with desks.standing(keep=keep) as desk:
        say("the desk stands")
        desk.start_loops()
        calm = given.calm if given.calm is not None else min(60.0, max(10.0, given.seconds / 5))
        wanted = Wanted(given.seconds, seed, calm, tickets=given.tickets, clients=given.clients)
        weathered = Storm(desk, wanted, say).run()
        if weathered.breaches:
            desks.save(desk.folder, keep)
            told = [dataclasses.asdict(breach) for breach in weathered.breaches]
            (keep / "breaches.json").write_text(json.dumps(told, indent=1, ensure_ascii=False))
            say(f"breaches, journals and logs are kept in {keep}")
    sys.exit(_tell(weathered))


def _arguments() -> Any:
    parser = argparse.ArgumentParser(prog="make chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--calm", type=float, help="seconds without kills afterwards")
    parser.add_argument("--tickets", type=float, default=1.0, help="logged a second")
    parser.add_argument("--clients", type=int, default=6)
    parser.add_argument("--keep", help="where journals and logs go when something is wrong")
    return parser.parse_args()


def _tell(weathered: Weathered) -> int:
    """Say what is wrong, then the line; the exit code."""
    for breach in weathered.breaches[:_MOST_SHOWN]:
        sys.stdout.write(f"BREACH {breach.kind}: {breach.about}: {breach.seen}\n")
    late = _too_late(weathered.line["lateness"])
    for sentence in late:
        sys.stdout.write(f"BREACH lateness: {sentence}\n")
    sys.stdout.write(json.dumps(weathered.line) + "\n")
    return 1 if weathered.breaches or late else 0


def _too_late(found: dict[str, dict[str, float]]) -> list[str]:
    goals = {"storm": lateness.STORM_P99, "calm": lateness.CALM_P99}
    return [
        f"{name}: 99 of 100 within {found[name]['p99']} s, goal {goal} s"
        for name, goal in goals.items()
        if found[name]["p99"] > goal
    ]


if __name__ == "__main__":
    main()
