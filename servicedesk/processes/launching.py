"""Starting, watching and ending a server process."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from servicedesk.processes.places import Places

_START_SECONDS = 60.0
_STOP_SECONDS = 20.0
_LITTLE_ROOM = 64 * 1024 * 1024

# What this process has started and not yet seen end.
_children: list[subprocess.Popen[bytes]] = []


class ServerTrouble(SystemExit):
    """A server could not be brought up; one sentence says why and what to do."""


def launch(places: Places, command: list[str], log: Path) -> subprocess.Popen[bytes]:
    """The server in a session of its own, so that Ctrl-C at the desk does not reach it."""
    with log.open("wb") as sink:
        process = subprocess.Popen(  # noqa: S603 - our own binary
            command, cwd=places.home, env=bare_environment(), stdin=subprocess.DEVNULL,
            stdout=sink, stderr=sink, start_new_session=True, **as_server_user(places),
        )  # fmt: skip
    _children.append(process)
    return process


def wait_for(
    name: str, process: subprocess.Popen[bytes], answers: Callable[[], bool], log: Path
) -> None:
    """Return once it answers; raises ServerTrouble with its last words when it ends instead."""
    until = time.monotonic() + _START_SECONDS
    while time.monotonic() < until:
        if answers():
            return
        if process.poll() is not None:
            raise ServerTrouble(explained(name, log.read_text(errors="replace")[-4000:], log))
        time.sleep(0.02)
    raise ServerTrouble(f"{name} did not answer within {_START_SECONDS:.0f} s; see {log}")


def end(pid: int, gentle: signal.Signals) -> None:
    """Ask it to stop, then insist; it and its children are gone when this returns."""
    try:
        process = psutil.Process(pid)
        family = [*process.children(recursive=True), process]
    except psutil.NoSuchProcess:
        return
    send(pid, gentle)
    end_all(family, patience=_STOP_SECONDS)


def end_all(family: list[psutil.Process], *, patience: float) -> None:
    """Wait for processes that are ending, and kill those that do not end in time."""
    _, left = psutil.wait_procs([one for one in family if lives(one)], timeout=patience)
    left = [one for one in left if lives(one)]
    for one in left:
        send(one.pid, signal.SIGKILL)
    psutil.wait_procs(left, timeout=_STOP_SECONDS)
    _children[:] = [child for child in _children if child.poll() is None]


def send(pid: int, number: signal.Signals) -> None:
    """The signal, unless the process is gone already."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def lives(process: psutil.Process) -> bool:
    """Whether it still runs; one that only waits to be reaped does not."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def is_that_server(pid: int, name: str, folder: Path) -> bool:
    """Whether the process is this server in this folder, not a later one of the same number."""
    try:
        process = psutil.Process(pid)
        return lives(process) and process.name().startswith(name) and process.cwd() == str(folder)
    except psutil.Error:
        return False


def explained(name: str, said: str, log: Path) -> str:
    """The server's last words as one sentence with what to do."""
    is_full = shutil.disk_usage(log.parent).free < _LITTLE_ROOM
    if is_full or "No space left on device" in said or "Disk quota exceeded" in said:
        return f"{name} cannot start: the disk of {log.parent} is full; make room and start again."
    telling = [line for line in said.splitlines() if "FATAL" in line or "rror" in line]
    words = (telling or said.splitlines() or ["it said nothing"])[-1].strip()
    return f"{name} cannot start: {words} (the rest is in {log})"


def bare_environment() -> dict[str, str]:
    """Nothing of ours: variables that begin with PG would change what the server does."""
    return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


def as_server_user(places: Places) -> dict[str, Any]:
    """What makes a new process give up root."""
    if places.server_uid is None:
        return {}
    return {"user": places.server_uid, "group": places.server_uid, "extra_groups": []}


def own(places: Places, path: Path) -> None:
    """Hand the path to the servers' user."""
    if places.server_uid is not None:
        os.chown(path, places.server_uid, places.server_uid)
