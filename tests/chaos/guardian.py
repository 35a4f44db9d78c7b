"""Puts away everything a storm has started, also when the storm itself was killed: a process of its
own that waits for its standard input to close."""

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil

from servicedesk.processes import embedded, places
from servicedesk.processes.places import TREE

#: Every process of a storm carries the name of its folder in its environment.
MARK = "CHAOS_FOLDER"
_PATIENCE_SECONDS = 60.0


def stand_by(folder: Path) -> "subprocess.Popen[bytes]":
    """The guardian of the folder; close its `stdin` and it puts everything away."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.chaos.guardian", str(folder)], cwd=TREE,
        stdin=subprocess.PIPE, start_new_session=True,
    )  # fmt: skip


def dismiss(guardian: "subprocess.Popen[bytes]") -> None:
    """Everything is gone when this returns."""
    assert guardian.stdin is not None
    guardian.stdin.close()
    guardian.wait(_PATIENCE_SECONDS)


def left(folder: Path) -> list[psutil.Process]:
    """Living processes of the storm in the folder, its servers aside."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            is_ours = process.environ().get(MARK) == str(folder)
            if is_ours and process.pid != os.getpid():
                found.append(process)
    return found


def _put_away(folder: Path) -> None:
    until = time.monotonic() + _PATIENCE_SECONDS / 2
    while (those := left(folder)) and time.monotonic() < until:
        for process in those:
            with suppress(psutil.Error):
                process.kill()
        time.sleep(0.05)
    embedded.stop(places.find(folder / "var"))
    shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """`python -m tests.chaos.guardian FOLDER`, with a pipe as standard input."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    sys.stdin.read()
    _put_away(Path(sys.argv[1]))


if __name__ == "__main__":
    main()
