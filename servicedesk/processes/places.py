"""Where the embedded servers keep their data and their sockets, and under which user they run."""

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

TREE = Path(__file__).resolve().parents[2]

# PostgreSQL refuses to run as root; this is "nobody" on every Linux.
NOBODY = 65534

# The kernel's limit for the path of a unix socket, and the longest name put into the folder.
_SOCKET_PATH_LIMIT = 107
_LONGEST_SOCKET = "/.s.PGSQL.5432.lock"
_BELOW_VAR_LIB = Path("/var/lib/servicedesk")


@dataclass(frozen=True)
class Places:
    """One set of embedded servers."""

    var: Path
    home: Path
    sockets: Path
    server_uid: int | None

    @property
    def postgres_data(self) -> Path:
        return self.home / "postgres"

    @property
    def redis_data(self) -> Path:
        return self.home / "redis"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    @property
    def database_url(self) -> str:
        return f"postgresql://servicedesk@/servicedesk?host={quote(str(self.sockets))}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.redis_socket}"


def var_folder() -> Path:
    """The folder of everything that is made while running; SERVICEDESK_VAR moves it."""
    return Path(os.environ.get("SERVICEDESK_VAR") or TREE / "var").resolve()


def find(var: Path | None = None) -> Places:
    """The places that belong to `var`; nothing is made yet."""
    var = var or var_folder()
    server_uid = NOBODY if os.geteuid() == 0 else None
    home = var
    if server_uid is not None and not can_reach(var, server_uid):
        home = _BELOW_VAR_LIB / _short_name(var)
    return Places(var, home, _socket_folder(home, var), server_uid)


def can_reach(folder: Path, uid: int) -> bool:
    """Whether every folder above lets the user pass."""
    for parent in folder.parents:
        if not parent.exists():
            continue
        found = parent.stat()
        bit = stat.S_IXUSR if found.st_uid == uid else stat.S_IXOTH
        if not found.st_mode & bit:
            return False
    return True


def _socket_folder(home: Path, var: Path) -> Path:
    """Below the data; in the folder for temporary files when that path is too long for a socket."""
    wanted = home / "run"
    if len(os.fsencode(f"{wanted}{_LONGEST_SOCKET}")) <= _SOCKET_PATH_LIMIT:
        return wanted
    name = f"servicedesk-{os.geteuid()}-{_short_name(var)}"
    short = Path(tempfile.gettempdir()) / name
    fits = len(os.fsencode(f"{short}{_LONGEST_SOCKET}")) <= _SOCKET_PATH_LIMIT
    return short if fits else Path("/tmp") / name  # noqa: S108 - made 0700 and its owner checked


def _short_name(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
