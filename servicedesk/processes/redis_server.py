"""The embedded Redis: the queue between the relay and the workers. It holds no truth."""

import shutil
import signal
import socket

from servicedesk.processes import binaries, launching
from servicedesk.processes.launching import ServerTrouble
from servicedesk.processes.places import Places


def start(places: Places) -> None:
    """Redis answers when this returns; what it cannot read any more is set aside."""
    if pid_of(places) is not None and answers(places):
        return
    stop(places)
    try:
        _launch(places)
    except ServerTrouble:
        unreadable = places.redis_data / "appendonly.aof"
        if not unreadable.exists():
            raise
        shutil.move(unreadable, places.home / "redis.unreadable")
        _launch(places)


def stop(places: Places) -> None:
    """Ends it after it has written what it holds."""
    pid = pid_of(places)
    if pid is not None:
        launching.end(pid, signal.SIGTERM)


def pid_of(places: Places) -> int | None:
    """The living Redis of these data, or None."""
    try:
        pid = int((places.home / "redis.pid").read_text())
    except (OSError, ValueError):
        return None
    return pid if launching.is_that_server(pid, "redis-server", places.redis_data) else None


def answers(places: Places) -> bool:
    """Whether it answers PING; "LOADING" is not yet an answer."""
    with socket.socket(socket.AF_UNIX) as line:
        line.settimeout(2)
        try:
            line.connect(str(places.redis_socket))
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _launch(places: Places) -> None:
    places.redis_socket.unlink(missing_ok=True)
    command = [
        str(binaries.redis(places)), "--port", "0", "--unixsocket", str(places.redis_socket),
        "--unixsocketperm", "700", "--dir", str(places.redis_data), "--save", "",
        "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip
    log = places.home / "redis.log"
    process = launching.launch(places, command, log)
    (places.home / "redis.pid").write_text(str(process.pid))
    launching.wait_for("Redis", process, lambda: answers(places), log)
