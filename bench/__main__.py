"""python -m bench [intake] [import] [firing] [idling] [working-time]: all lines, or those named."""

import json
import os
import sys
import tempfile
from pathlib import Path

from bench import desks

_NAMES = ("intake", "import", "firing", "idling", "working-time")


def main(wanted: list[str]) -> None:
    unknown = set(wanted) - set(_NAMES)
    if unknown:
        sys.exit(f"There is no figure called {', '.join(sorted(unknown))}; give {_NAMES}.")
    with tempfile.TemporaryDirectory(prefix="desk-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        with desks.founded(folder):
            # Only now do the settings know the servers.
            from bench import firing, idling, importing, logging_tickets, working_time

            lines = {
                "intake": logging_tickets.figures, "import": importing.figures,
                "firing": firing.figures, "idling": idling.figures,
                "working-time": working_time.figures,
            }  # fmt: skip
            for one in wanted or _NAMES:
                for figure in lines[one](folder):
                    # Beside other work the same machine gives other figures.
                    figure |= {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 1)}
                    sys.stdout.write(json.dumps(figure) + "\n")
                    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
