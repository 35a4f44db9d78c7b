"""The first user starts the servers, the last one puts them away, a dead one does not count."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicedesk.processes import embedded, places, postgres, redis_server, users
from servicedesk.processes.places import TREE, Places

pytestmark = pytest.mark.processes

_USER = """
import pathlib, sys
from servicedesk.processes import places, users
with users.using(places.find(pathlib.Path(sys.argv[1])), fsync=False):
    print("using", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def own() -> Iterator[Places]:
    with tempfile.TemporaryDirectory(prefix="desk-own-", ignore_cleanup_errors=True) as folder:
        Path(folder).chmod(0o755)
        found = places.find(Path(folder) / "var")
        yield found
        embedded.stop(found)


def another_user(own: Places) -> subprocess.Popen[str]:
    """A process that uses the servers until it is given a line."""
    process = subprocess.Popen(
        [sys.executable, "-c", _USER, str(own.var)], cwd=TREE, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "using\n"
    return process


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("done\n", timeout=30)


def are_up(own: Places) -> bool:
    return postgres.answers(own) and redis_server.answers(own)


def test_the_last_one_puts_them_away(own: Places) -> None:
    first, second = another_user(own), another_user(own)
    assert sorted(users.others(own)) == sorted([first.pid, second.pid])
    end(first)
    assert are_up(own)
    end(second)
    assert postgres.pid_of(own) is None
    assert redis_server.pid_of(own) is None


def test_one_that_was_killed_does_not_count(own: Places) -> None:
    killed, other = another_user(own), another_user(own)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    assert are_up(own)
    end(other)
    assert postgres.pid_of(own) is None


def test_what_a_killed_user_left_running_is_put_away_by_the_next(own: Places) -> None:
    killed = another_user(own)
    running = postgres.pid_of(own)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    following = another_user(own)
    assert postgres.pid_of(own) == running
    end(following)
    assert postgres.pid_of(own) is None


def test_ten_at_once_start_one_pair_of_servers(own: Places) -> None:
    crowd = [
        subprocess.Popen(
            [sys.executable, "-c", _USER, str(own.var)], cwd=TREE, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )
        for _ in range(10)
    ]  # fmt: skip
    for one in crowd:
        assert one.stdout is not None
        assert one.stdout.readline() == "using\n"
    assert len(users.others(own)) == 10
    for one in crowd:
        end(one)
    assert all(one.returncode == 0 for one in crowd)
    assert postgres.pid_of(own) is None


def test_a_command_brings_them_up_and_puts_them_away(own: Places) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "shell", "--no-imports", "-c",
         "from servicedesk.lib import clock; print(clock.now().year)"],
        cwd=TREE, env=_named_nothing(own), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) >= 2026
    assert postgres.pid_of(own) is None


def _named_nothing(own: Places) -> dict[str, str]:
    """This environment without the servers of the test run."""
    named = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE"}
    kept = {name: value for name, value in os.environ.items() if name not in named}
    return kept | {"SERVICEDESK_VAR": str(own.var)}
