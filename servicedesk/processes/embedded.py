"""The embedded PostgreSQL and Redis together. Call with the lock of `users` held.

They listen on unix sockets in a folder that only their user may enter, and on no network port.
"""

import os
import stat

from servicedesk.processes import launching, postgres, redis_server
from servicedesk.processes.launching import ServerTrouble
from servicedesk.processes.places import Places


def start(places: Places, *, fsync: bool = True) -> None:
    """Both servers answer when this returns; raises ServerTrouble."""
    try:
        _prepare_folders(places)
    except OSError as error:
        raise ServerTrouble(
            f"{error.filename}: {error.strerror}; the desk keeps its data there."
        ) from error
    postgres.start(places, fsync=fsync)
    redis_server.start(places)


def stop(places: Places) -> None:
    """Both servers are gone when this returns."""
    redis_server.stop(places)
    postgres.stop(places)


def _prepare_folders(places: Places) -> None:
    places.var.mkdir(parents=True, exist_ok=True)
    places.home.mkdir(parents=True, exist_ok=True)
    if places.server_uid is not None:
        # The servers' user must pass through; what lies in here is closed by its own mode.
        places.home.chmod(stat.S_IMODE(places.home.stat().st_mode) | stat.S_IXOTH)
    wanted = os.geteuid() if places.server_uid is None else places.server_uid
    for folder in (places.sockets, places.redis_data):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        launching.own(places, folder)
        if folder.is_symlink() or folder.stat().st_uid != wanted:
            raise ServerTrouble(f"{folder} belongs to somebody else; remove it and start again.")
        folder.chmod(0o700)
