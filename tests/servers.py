"""The PostgreSQL and Redis of one test run, below one folder that is removed at its end.

The first process of the run starts them; the parallel workers find them by the environment, and
each makes a database of its own in them.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from servicedesk.processes import command_line, places, users

_ours = contextlib.ExitStack()


def begin() -> None:
    """Start the servers, unless this is a parallel worker of a run that has them."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    folder = Path(tempfile.mkdtemp(prefix="desk-tests-"))
    folder.chmod(0o755)
    _ours.callback(shutil.rmtree, folder, ignore_errors=True)
    os.environ["SERVICEDESK_VAR"] = str(folder)
    if command_line.needs_embedded():
        found = places.find(folder)
        # A crash of the machine may cost these data; nobody will miss them.
        _ours.enter_context(users.using(found, fsync=False))
        os.environ |= command_line.addresses(found)


def end() -> None:
    """Put them away and remove the folder."""
    _ours.close()
