"""Who uses the embedded servers: the first user starts them, the last one puts them away.

Each user holds a lock on a file of its own, which the kernel drops when the process dies in any
way; one more lock lets only one process at a time start or stop servers.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servicedesk.processes import embedded
from servicedesk.processes.launching import ServerTrouble
from servicedesk.processes.places import Places


@contextmanager
def using(places: Places, *, fsync: bool = True) -> Iterator[None]:
    """The servers are up inside; afterwards they stay only if somebody else uses them."""
    token = join(places, fsync=fsync)
    try:
        yield
    finally:
        leave(places, token)


def join(places: Places, *, fsync: bool = True) -> int:
    """Become a user, with the servers up; the token for `leave`."""
    with alone(places):
        try:
            embedded.start(places, fsync=fsync)
        except BaseException:
            # Ctrl-C too: a beginning that nobody finishes leaves nothing behind.
            if not others(places):
                embedded.stop(places)
            raise
        own_file = os.open(_folder(places) / str(os.getpid()), os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(own_file, fcntl.LOCK_EX)
    return own_file


def leave(places: Places, token: int) -> None:
    """Stop being a user; the last one puts the servers away."""
    with alone(places):
        (_folder(places) / str(os.getpid())).unlink(missing_ok=True)
        os.close(token)
        if not others(places):
            embedded.stop(places)


def others(places: Places) -> list[int]:
    """Process numbers of the living users; files of the dead are removed."""
    return [int(file.name) for file in _folder(places).iterdir() if _is_held(file)]


@contextmanager
def alone(places: Places) -> Iterator[None]:
    """Nobody else starts or stops these servers meanwhile."""
    try:
        _folder(places)
        lock = os.open(places.var / "users.lock", os.O_CREAT | os.O_RDWR, 0o600)
    except OSError as error:
        raise ServerTrouble(f"{places.var} cannot be written: {error.strerror}.") from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def _is_held(file: Path) -> bool:
    held = os.open(file, os.O_RDWR)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        file.unlink()
        return False
    finally:
        os.close(held)


def _folder(places: Places) -> Path:
    folder = places.var / "users"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
