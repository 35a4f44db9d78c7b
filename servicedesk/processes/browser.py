"""A Chromium for the tests that drive one: found, or installed where that can be done."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_CJK_FONT_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_CJK_FONT_NAMES = ("*CJK*", "*wqy*", "*NotoSansSC*", "*SourceHanSans*")

#: As quiet as a browser gets: no sandbox (root), no GPU, nothing fetched in the background.
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
)  # fmt: skip


class NoBrowser(RuntimeError):
    """There is no Chromium and it could not be installed; the sentence holds the one command."""


def find() -> Path:
    """The program, installed first if need be; raises NoBrowser, never skips."""
    found = _installed() or _installed_by_us()
    if found is None:
        raise NoBrowser("There is no Chromium for the browser tests; " + _advice())
    return found


def _installed_by_us() -> Path | None:
    """One installs and the others wait for it: parallel tests ask at the same moment."""
    with (Path(tempfile.gettempdir()) / f"servicedesk-browser-{os.geteuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _installed() is None:
            _install("chromium", *([] if has_cjk_font() else ["fonts-noto-cjk"]))
        return _installed()


def has_cjk_font() -> bool:
    """Whether Chinese would be drawn as more than empty boxes."""
    return any(
        next(folder.rglob(name), None) for folder in _CJK_FONT_FOLDERS for name in _CJK_FONT_NAMES
    )


def _installed() -> Path | None:
    named = os.environ.get("CHROMIUM")
    found = named or next(filter(None, map(shutil.which, _NAMES)), None)
    return Path(found) if found else _playwrights_own()


def _playwrights_own() -> Path | None:
    """The newest one that `playwright install chromium` has put into its cache."""
    cache = os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache/ms-playwright"
    found = sorted(Path(cache).glob("chromium*/chrome-linux*/*chrom*"))
    return next((path for path in reversed(found) if os.access(path, os.X_OK)), None)


def _install(*packages: str) -> None:
    """By apt-get when that is possible at all; whether it worked shows afterwards."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "--quiet", *arguments], env=environment, check=False)  # noqa: S603, S607


def _advice() -> str:
    if shutil.which("apt-get"):
        become_root = "" if os.geteuid() == 0 else "sudo "
        return f"run: {become_root}apt-get install chromium fonts-noto-cjk"
    return "install Chromium or Chrome, or name one: make test CHROMIUM=/path/to/chromium"
