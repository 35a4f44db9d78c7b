"""The very first step: before anything is installed, on a Python that may be too old."""

import ast
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from servicedesk.processes.places import TREE

_PREPARE = Path("servicedesk/processes/prepare.py")


@pytest.fixture
def bare_tree(tmp_path: Path) -> Path:
    """A copy of what the first step reads, with nothing installed."""
    (tmp_path / _PREPARE).parent.mkdir(parents=True)
    for name in (_PREPARE, "requirements.txt", "requirements-test.txt"):
        shutil.copy(TREE / name, tmp_path / name)
    return tmp_path


def test_it_is_written_for_python_3_6() -> None:
    ast.parse((TREE / _PREPARE).read_text(), feature_version=(3, 6))


def test_too_old_a_python_gets_one_sentence(bare_tree: Path) -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 8, 1); sys.argv = ['prepare', 'run']; "
    run = f"runpy.run_path({str(bare_tree / _PREPARE)!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", pretend + run], env={"PATH": str(bare_tree)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr == (
        "The desk needs Python 3.11 or newer and this is 3.8; install one and name it: "
        "make run PYTHON=/path/to/python3\n"
    )


def test_every_older_python_of_this_machine_can_read_it(bare_tree: Path) -> None:
    """Where there is none, the test above still holds the syntax."""
    for minor in range(6, 11):
        old = shutil.which(f"python3.{minor}")
        if old is None or subprocess.call([old, "-c", ""], stderr=subprocess.DEVNULL) != 0:
            continue
        real = subprocess.check_output([old, "-c", "import sys; print(sys.executable)"], text=True)
        done = subprocess.run(
            [real.strip(), str(bare_tree / _PREPARE), "run"], env={"PATH": str(bare_tree)},
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.stderr.startswith(f"The desk needs Python 3.11 or newer and this is 3.{minor};")


@pytest.fixture
def prepare(bare_tree: Path) -> dict[str, Any]:
    """The first step's functions, looking at the bare tree."""
    found = runpy.run_path(str(bare_tree / _PREPARE))
    home = bare_tree / ".venv"
    (home / "bin").mkdir(parents=True)
    (home / "bin" / "python").symlink_to(sys.executable)
    return found


def stamp(prepare: dict[str, Any], *names: str) -> None:
    Path(prepare["STAMP"]).write_text("\n".join(prepare["print_of"](name) for name in names))


def test_it_installs_again_only_when_the_requirements_change(
    bare_tree: Path, prepare: dict[str, Any]
) -> None:
    assert not prepare["is_complete"](["requirements.txt"])
    stamp(prepare, "requirements.txt")
    assert prepare["is_complete"](["requirements.txt"])
    assert not prepare["is_complete"](["requirements.txt", "requirements-test.txt"])
    with (bare_tree / "requirements.txt").open("a") as file:
        file.write("# one more line\n")
    assert not prepare["is_complete"](["requirements.txt"])


def test_what_the_tests_need_is_enough_to_run(prepare: dict[str, Any]) -> None:
    stamp(prepare, "requirements.txt", "requirements-test.txt")
    assert prepare["is_complete"](["requirements.txt"])


def test_a_virtual_environment_whose_python_is_gone_is_not_complete(
    bare_tree: Path, prepare: dict[str, Any]
) -> None:
    stamp(prepare, "requirements.txt")
    os.unlink(bare_tree / ".venv" / "bin" / "python")  # noqa: PTH108
    assert not prepare["is_complete"](["requirements.txt"])


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_everything_is_pinned_with_hashes_and_names_no_place(name: str) -> None:
    text = (TREE / name).read_text()
    assert "--index-url" not in text
    assert "--find-links" not in text
    assert "://" not in text
    entries = [part for part in text.replace("\\\n", " ").splitlines() if part[:1].isalnum()]
    assert len(entries) > 40
    assert [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry] == []
