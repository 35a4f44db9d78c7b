"""A storm that is itself killed leaves nothing behind: no process, no server, no folder."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from servicedesk.processes import places, postgres, redis_server
from servicedesk.processes.places import TREE
from tests.chaos import guardian
from tests.chaos.backing import wait_until

pytestmark = pytest.mark.processes

_HARNESS = """
import os, subprocess, sys, tempfile, time
from pathlib import Path
from servicedesk.processes import embedded, places
from tests.chaos import guardian
folder = Path(tempfile.mkdtemp(prefix="desk-chaos-"))
folder.chmod(0o755)
watching = guardian.stand_by(folder)
embedded.start(places.find(folder / "var"), fsync=False)
marked = os.environ | {guardian.MARK: str(folder)}
# One that outlives its parent, in a session of its own.
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], env=marked,
                 start_new_session=True)
print(folder, flush=True)
time.sleep(600)
"""


def test_the_guardian_puts_away_what_a_killed_storm_has_left() -> None:
    harness = subprocess.Popen(
        [sys.executable, "-c", _HARNESS], cwd=TREE, stdout=subprocess.PIPE, text=True
    )
    assert harness.stdout is not None
    folder = Path(harness.stdout.readline().strip())
    found = places.find(folder / "var")
    servers = [postgres.pid_of(found), redis_server.pid_of(found)]
    orphans = guardian.left(folder)
    assert None not in servers
    assert len(orphans) == 1
    harness.send_signal(signal.SIGKILL)
    harness.communicate()
    wait_until(lambda: not folder.exists(), "the end of the folder")
    time.sleep(0.2)
    pids = [one.pid for one in orphans] + [one for one in servers if one is not None]
    assert [pid for pid in pids if psutil.pid_exists(pid)] == []
