"""The PostgreSQL and Redis of one test run, below one folder that is removed at its end.

The first process of the run starts them; the parallel workers find them by the environment, and
each makes a database of its own in them.
"""

import contextlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from servicedesk.lib import catalogue
from servicedesk.processes import command_line, embedded, places, users

_PREFIX = "desk-tests-"
# Younger folders may belong to a run that is just beginning.
_SURELY_BEGUN_SECONDS = 120.0

_ours = contextlib.ExitStack()


def begin() -> None:
    """Compile the words and start the servers, unless this is a parallel worker of a run that has
    them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    catalogue.compile_all(places.TREE)
    _clear_up_after_killed_runs()
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    folder.chmod(0o755)
    _ours.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["SERVICEDESK_VAR"] = str(folder)
    if command_line.needs_embedded():
        found = places.find(folder)
        # A crash of the machine may cost these data; nobody will miss them.
        _ours.enter_context(users.using(found, fsync=False))
        os.environ |= command_line.addresses(found)


def _clear_up_after_killed_runs() -> None:
    """End servers and remove folders whose run was killed without a chance to do so."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        # Another run may end, and take its folder with it, while we look.
        with contextlib.suppress(OSError):
            found = folder.stat()
            is_old = time.time() - found.st_mtime > _SURELY_BEGUN_SECONDS
            if is_old and found.st_uid == os.geteuid():
                _clear_up(folder)


def _clear_up(folder: Path) -> None:
    found = places.find(folder)
    with users.alone(found):
        is_abandoned = not users.others(found)
        if is_abandoned:
            embedded.stop(found)
    if is_abandoned:
        shutil.rmtree(folder, ignore_errors=True)


def end() -> None:
    """Put them away and remove the folder."""
    _ours.close()
