"""The map of allowed imports in pyproject.toml holds, and it would show a breach."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from servicedesk.processes.places import TREE

LINTER = Path(sys.executable).parent / "lint-imports"
PACKAGES = (
    "servicedesk", "organisation", "customers", "notifications", "assignment", "tickets",
    "surveys", "reports", "demonstration",
)  # fmt: skip

# A file, a line added to it, and the contract that must name the breach.
BREACHES = (
    ("customers/identification.py", "import tickets.models", "Apps look down, never up"),
    ("tickets/worklists.py", "import tickets.intake", "tickets: pages > verbs"),
    ("tickets/helpers.py", "X = 1", "tickets: pages > verbs"),
    ("tickets/deadlines.py", "import django", "Sums know no framework"),
    ("tickets/views/desk.py", "import tickets.history", "Only verbs write history"),
    ("tickets/views/desk.py", "import notifications.channels", "Only delivery reaches"),
    ("surveys/links.py", "import smtplib", "Only channels touch the network"),
    ("reports/monthly.py", "import tickets.lifecycle", "Reports read, never act"),
    ("tickets/intake.py", "import tickets.forms", "Only pages use forms"),
    ("surveys/views/desk.py", "import tickets.views.desk", "Pages meet in HTML"),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINTER, "--no-cache", "--config", folder / "pyproject.toml"],
        cwd=folder, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_import_is_on_the_map() -> None:
    answer = lint(TREE)
    assert answer.returncode == 0, answer.stdout + answer.stderr


@pytest.fixture(scope="module")
def copied_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code without its data, to break in peace."""
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        only_code = shutil.ignore_patterns("__pycache__", "locale", "presets")
        shutil.copytree(TREE / package, folder / package, ignore=only_code)
    shutil.copy(TREE / "pyproject.toml", folder)
    return folder


@pytest.mark.parametrize(("path", "line", "contract"), BREACHES)
def test_a_breach_is_named(copied_tree: Path, path: str, line: str, contract: str) -> None:
    file = copied_tree / path
    before = file.read_text() if file.exists() else None
    file.write_text(f"{before or ''}\n{line}\n")
    try:
        answer = lint(copied_tree)
    finally:
        if before is None:
            file.unlink()
        else:
            file.write_text(before)
    broken = [row for row in answer.stdout.splitlines() if "BROKEN" in row]
    assert answer.returncode == 1, answer.stdout
    assert any(row.startswith(contract) for row in broken), answer.stdout
