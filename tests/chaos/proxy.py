"""A line between two sockets that can be made bad: slow, swallowing, cut after some bytes, or broken
off just when a commit has been asked for. One thread with an event loop; the toxic may change at
any time and holds for new and standing connections alike."""

import asyncio
import random
import socket
import threading
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# How PostgreSQL's simple query protocol says COMMIT.
_COMMIT = b"COMMIT\x00"
_PIECE = 65536


@dataclass(frozen=True)
class Toxic:
    """What is wrong with the line. Nothing is, by default; `share` is how many connections of all
    it holds for."""

    name: str = "none"
    latency: float = 0.0
    is_blackhole: bool = False
    cut_after: int = 0
    #: "before": the commit never arrives; "after": it does, but its answer is lost.
    breaks_commit: str = ""
    share: float = 1.0


@dataclass
class Proxy:
    """Listens at `at`, speaks to `to`; each is a path (unix) or a port on loopback."""

    at: Path | int
    to: Path | int
    toxic: Toxic = field(default_factory=Toxic)
    hurt: int = 0

    def start(self) -> None:
        """Listening when this returns."""
        self._lines: set[asyncio.Task[None]] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._call(self._listen())

    def stop(self) -> None:
        """No longer listening, every connection broken off."""
        self._call(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
        if isinstance(self.at, Path):
            self.at.unlink(missing_ok=True)

    def break_off(self) -> None:
        """Cut every standing connection."""
        self._call(self._cut_all())

    def _call(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    async def _listen(self) -> asyncio.AbstractServer:
        if isinstance(self.at, Path):
            self.at.unlink(missing_ok=True)
            return await asyncio.start_unix_server(self._carry, str(self.at))
        return await asyncio.start_server(self._carry, "127.0.0.1", self.at)

    async def _end(self) -> None:
        self._server.close()
        await self._cut_all()

    async def _cut_all(self) -> None:
        standing = [line for line in self._lines if line is not asyncio.current_task()]
        for line in standing:
            line.cancel()
        await asyncio.gather(*standing, return_exceptions=True)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._lines.add(task)
        try:
            await self._connect(reader, writer)
        except (OSError, asyncio.CancelledError):
            self.hurt += 1
        finally:
            self._lines.discard(task)
            with suppress(Exception):
                writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if isinstance(self.to, Path):
            there = await asyncio.open_unix_connection(str(self.to))
        else:
            there = await asyncio.open_connection("127.0.0.1", self.to)
        is_bad = random.random() < self.toxic.share
        line = _Line(self, is_bad)
        ways = [
            asyncio.ensure_future(line.forth(reader, there[1])),
            asyncio.ensure_future(line.back(there[0], writer)),
        ]
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            with suppress(Exception):
                there[1].transport.abort()


class _Line:
    """One connection in both directions."""

    def __init__(self, proxy: Proxy, is_bad: bool) -> None:
        self.proxy, self.is_bad = proxy, is_bad
        self.carried = 0
        self.is_answer_lost = False

    async def forth(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            toxic = await self._suffer()
            if _COMMIT in piece and toxic.breaks_commit == "before":
                return
            self.is_answer_lost = _COMMIT in piece and toxic.breaks_commit == "after"
            if not await self._pass(piece, writer, toxic):
                return

    async def back(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while piece := await reader.read(_PIECE):
            toxic = await self._suffer()
            if self.is_answer_lost or not await self._pass(piece, writer, toxic):
                return

    async def _suffer(self) -> Toxic:
        """What is wrong just now, after the wait it brings."""
        toxic = self.proxy.toxic if self.is_bad else Toxic()
        if toxic.latency:
            await asyncio.sleep(toxic.latency)
        while toxic.is_blackhole:
            await asyncio.sleep(0.05)
            toxic = self.proxy.toxic
        return toxic

    async def _pass(self, piece: bytes, writer: asyncio.StreamWriter, toxic: Toxic) -> bool:
        """Whether the connection goes on."""
        if toxic.cut_after and self.carried + len(piece) > toxic.cut_after:
            writer.write(piece[: max(0, toxic.cut_after - self.carried)])
            with suppress(OSError):
                await writer.drain()
            return False
        self.carried += len(piece)
        writer.write(piece)
        await writer.drain()
        return True


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
