"""A whole desk for a storm: servers, lines, two nurseries and what they keep alive, in a folder of
its own below the one for temporary files. Leaving it puts everything away, whatever happened."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg2

from servicedesk.processes import embedded, places, table
from servicedesk.processes.places import TREE
from tests.chaos import guardian
from tests.chaos.backing import Backing, wait_until
from tests.chaos.brood import Brood
from tests.chaos.browser import Browser
from tests.chaos.clocks import RIGHT, Clocks
from tests.chaos.lines import Lines
from tests.chaos.proxy import free_port
from tests.chaos.windows import Windows

PREFIX = "desk-chaos-"
_WEB = {"web"}
# None of these may reach the desk from outside: it has its own of each.
_FOREIGN = {
    "DATABASE_URL", "REDIS_URL", "SMTP_URL", "SMS_GATEWAY", "SMS_GATEWAY_URL", "PUBLIC_URL",
    "SERVICEDESK_PROCESS", "DJANGO_SETTINGS_MODULE", "SINK_LOG",
}  # fmt: skip


class Desk:
    """Everything a storm can reach."""

    def __init__(
        self, folder: Path, *, fsync: bool, lease: float | None, clocks: Clocks = RIGHT
    ) -> None:
        self.folder, self.clocks = folder, clocks
        self.places = places.find(folder / "var")
        self.windows = Windows()
        self.broods: list[Brood] = []
        self.backing = Backing(self.places, self.windows, fsync=fsync)
        self.port = free_port()
        mail_port, http_port, proxied = free_port(), free_port(), free_port()
        self.lines = Lines(folder, self.places, mail_port)
        self.mail_at = proxied
        kept = {name: value for name, value in os.environ.items() if name not in _FOREIGN}
        self.environment = kept | {
            guardian.MARK: str(folder), "SERVICEDESK_VAR": str(folder / "var"),
            "DATABASE_URL": self.lines.database_url, "REDIS_URL": self.lines.redis_url,
            "DJANGO_SETTINGS_MODULE": "tests.chaos.settings", "PORT": str(self.port),
            "MAIL_SINK_PORT": str(mail_port), "HTTP_SINK_PORT": str(http_port),
            "SMTP_URL": f"smtp://127.0.0.1:{proxied}", "SINK_LOG": str(self.sink_log),
            "PYTHONUNBUFFERED": "1",
        }  # fmt: skip
        if lease is not None:
            self.environment["CHAOS_LEASE_SECONDS"] = str(lease)

    @property
    def sink_log(self) -> Path:
        return self.folder / "sinks.jsonl"

    def start(self) -> None:
        """The servers, the schema, the cast, and the web; the loops come with `start_loops`."""
        self.backing.start()
        self.lines.open_mail(self.mail_at)
        web = {"SERVICEDESK_PROCESS": "web", **self.clocks.web}
        loops = {"SERVICEDESK_PROCESS": "loop", **self.clocks.loops}
        self.web = Brood(self.folder, "web", self.environment | web)
        self.loops = Brood(self.folder, "loops", self.environment | loops)
        self.broods += [self.web, self.loops]
        self.loops.wait_until_ready()
        self.do_once("migrate", manage("migrate", "--verbosity", "0"))
        self.do_once("presets", manage("load_presets", "--verbosity", "0"))
        facts = self.folder / "facts.json"
        self.do_once("filling", (sys.executable, "-m", "tests.chaos.filling", str(facts)))
        self.facts: dict[str, str] = json.loads(facts.read_text())
        # As on a desk that has run for a while: a crash does not find a fresh schema unwritten.
        self.backing.ask("CHECKPOINT")
        self.web.wait_until_ready()
        for process in table.processes(self.port):
            if process.name in _WEB:
                self.web.keep(process.name, process.command)
            elif process.name.endswith("-sink"):
                self.loops.keep(process.name, process.command)
        wait_until(self.answers, "the desk")
        self.backing.watch()

    def start_loops(self) -> None:
        """Sweepers, relays and workers, as the table lists them."""
        for process in table.processes(self.port):
            if process.name not in _WEB and not process.name.endswith("-sink"):
                self.loops.keep(process.name, process.command)

    def do_once(
        self, name: str, command: tuple[str, ...], *, crash_at: str = "", patience: float = 120.0
    ) -> int:
        """Run it to its end in a fork of the nursery; the exit code."""
        self.loops.keep(name, command, is_respawned=False, crash_at=crash_at)
        until = time.monotonic() + patience
        while not (codes := [code for dead, code in self.loops.dead if dead == name]):
            assert time.monotonic() < until, f"{name} did not end"
            self.loops.listen(0.05)
        self.loops.dead = [one for one in self.loops.dead if one[0] != name]
        assert codes[-1] == 0 or crash_at, (self.folder / "logs" / f"{name}.log").read_text()
        return codes[-1]

    def listen(self) -> None:
        """Take in who was born and who died."""
        self.web.listen()
        self.loops.listen()

    def answers(self) -> bool:
        self.listen()
        return Browser(self.port).look("/sign-in/").status == 200

    def person(self, name: str) -> Browser:
        """Signed in."""
        found = Browser(self.port, self.facts[f"number of {name}"], self.facts["password"])
        found.sign_in()
        return found

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Straight from the database, past every bad line; raises what psycopg2 raises."""
        line = psycopg2.connect(self.places.database_url, connect_timeout=5)
        try:
            with line.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall()
        finally:
            line.close()

    def begin_load(self, **wanted: Any) -> "subprocess.Popen[bytes]":
        """The clients at work; they end by themselves after their `stdin` is closed."""
        known = self.facts | {
            "port": self.port, "database": self.places.database_url, "folder": str(self.folder),
        }  # fmt: skip
        file = self.folder / "load.json"
        file.write_text(json.dumps(known | wanted))
        with (self.folder / "logs" / "load.log").open("wb") as log:
            load = subprocess.Popen(
                [sys.executable, "-m", "tests.chaos.load", str(file)], cwd=TREE, stderr=log,
                env=self.environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert load.stdout is not None
        assert load.stdout.readline() == b"working\n", "see logs/load.log"
        return load

    def stop(self) -> None:
        self.backing.stop_watching()
        for one in self.broods:
            one.end()
        self.lines.close()
        # By their parent, who alone can bury them; the guardian would wait for that in vain.
        embedded.stop(self.places)


def manage(*words: str) -> tuple[str, ...]:
    """A command of manage.py."""
    return (sys.executable, "manage.py", *words)


@contextmanager
def standing(
    *, fsync: bool = True, lease: float | None = None, keep: Path | None = None,
    clocks: Clocks = RIGHT,
) -> Iterator[Desk]:  # fmt: skip
    """A desk inside; afterwards nothing of it is left but, when something went wrong, its logs in
    the folder `keep`."""
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    folder.chmod(0o755)
    watching = guardian.stand_by(folder)
    try:
        desk = Desk(folder, fsync=fsync, lease=lease, clocks=clocks)
        try:
            desk.start()
            yield desk
        finally:
            desk.stop()
    except BaseException:
        if keep is not None:
            save(folder, keep)
        raise
    finally:
        guardian.dismiss(watching)


def save(folder: Path, keep: Path) -> None:
    """What helps to understand a breach: journals, logs, the sinks' log."""
    keep.mkdir(parents=True, exist_ok=True)
    for file in folder.glob("*.json*"):
        shutil.copy(file, keep)
    shutil.copytree(folder / "logs", keep / "logs", dirs_exist_ok=True)
    for log in (folder / "var").glob("*.log"):
        shutil.copy(log, keep / "logs")
