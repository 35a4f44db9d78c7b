"""How the desk reaches its servers: by names in a folder of our own that can be pointed straight at
the server or at a proxy, without any cost while no line is bad."""

from pathlib import Path
from urllib.parse import quote

from servicedesk.processes.places import Places
from tests.chaos.proxy import Proxy, Toxic

_POSTGRES = ".s.PGSQL.5432"
_REDIS = "redis.sock"


class Lines:
    """The two unix sockets and the port of the mail server, as the desk sees them."""

    def __init__(self, folder: Path, places: Places, mail_port: int) -> None:
        self.folder = folder / "lines"
        self.folder.mkdir()
        self.straight = {
            "postgres": (self.folder / _POSTGRES, places.sockets / _POSTGRES),
            "redis": (self.folder / _REDIS, places.redis_socket),
        }
        self.proxies = {
            name: Proxy(self.folder / f"bad-{name}", there)
            for name, (_, there) in self.straight.items()
        }
        self.mail_port = mail_port
        self.mail: Proxy | None = None
        for name in self.straight:
            self._point(name, self.straight[name][1])

    @property
    def database_url(self) -> str:
        return f"postgresql://servicedesk@/servicedesk?host={quote(str(self.folder))}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.folder / _REDIS}"

    def spoil(self, name: str, toxic: Toxic) -> None:
        """From now on new connections to the server go over a bad line."""
        proxy = self.proxies[name]
        proxy.toxic = toxic
        proxy.start()
        assert isinstance(proxy.at, Path)
        self._point(name, proxy.at)

    def mend(self, name: str) -> None:
        """Straight again; what hung on the bad line is broken off."""
        self._point(name, self.straight[name][1])
        self.proxies[name].stop()

    def open_mail(self, at: int) -> None:
        """The mail server behind a proxy that is always there: mails are few."""
        self.mail = Proxy(at, self.mail_port)
        self.mail.start()

    def close(self) -> None:
        """No proxy of ours listens any more."""
        if self.mail is not None:
            self.mail.stop()

    def _point(self, name: str, at: Path) -> None:
        fresh = self.folder / f"{name}.new"
        fresh.symlink_to(at)
        fresh.replace(self.straight[name][0])
