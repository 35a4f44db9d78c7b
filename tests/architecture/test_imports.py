"""The map of allowed imports in pyproject.toml holds, and it would show a breach."""

import re
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
def broken_tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The code without its data, with every breach in it."""
    folder = tmp_path_factory.mktemp("tree")
    for package in PACKAGES:
        only_code = shutil.ignore_patterns("__pycache__", "locale", "presets")
        shutil.copytree(TREE / package, folder / package, ignore=only_code)
    shutil.copy(TREE / "pyproject.toml", folder)
    for path, line, _contract in BREACHES:
        file = folder / path
        file.write_text(f"{file.read_text() if file.exists() else ''}\n{line}\n")
    return folder


@pytest.fixture(scope="module")
def said(broken_tree: Path) -> str:
    answer = lint(broken_tree)
    assert answer.returncode == 1, answer.stdout
    return answer.stdout


@pytest.mark.parametrize(("path", "line", "contract"), BREACHES)
def test_a_breach_is_named(said: str, path: str, line: str, contract: str) -> None:
    sections = re.split(r"\n(?=[^\n]+\n-+\n)", said[said.rindex("Broken contracts") :])
    told = "".join(one for one in sections if one.startswith(contract))
    module = path.removesuffix(".py").replace("/", ".")
    inside = module.partition(".")[2]
    assert module in told or f"- {inside}" in told, said
