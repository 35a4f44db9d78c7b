"""Makes .venv hold exactly what requirements.txt says; does nothing when it already does.

    python3 servicedesk/processes/prepare.py run     what the desk needs
    python3 servicedesk/processes/prepare.py test    and what its tests need

Runs before anything is installed, on any Python 3.6 or later, so that too old a Python gets a
sentence and not a syntax error.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys

OLDEST = (3, 11)
TREE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HOME = os.path.join(TREE, ".venv")
PYTHON = os.path.join(HOME, "bin", "python")
STAMP = os.path.join(HOME, "installed.txt")
FILES = {"run": ["requirements.txt"], "test": ["requirements.txt", "requirements-test.txt"]}


def main(kind):
    """Ends with 0 and a complete .venv, or with one sentence."""
    names = FILES[kind]
    if not is_complete(names):
        python = new_enough_python()
        with only_one():
            if not is_complete(names):
                install(python, names)


def is_complete(names):
    """Whether .venv works and was last filled from these very files."""
    try:
        with open(STAMP) as stamp:
            filled_from = stamp.read().split()
    except OSError:
        return False
    return all(print_of(name) in filled_from for name in names) and works(PYTHON)


def install(python, names):
    """Fill .venv; pip checks every file against its hash."""
    print("Installing what the desk needs into .venv (once) ...", flush=True)
    pip = make_home(python)
    wanted = os.path.join(TREE, names[-1])
    command = pip + ["install", "-qq", "--require-hashes", "--disable-pip-version-check"]
    command += ["--no-warn-script-location", "--requirement", wanted]
    if subprocess.call(command, env=dict(os.environ, PIP_ROOT_USER_ACTION="ignore")) != 0:
        sys.exit("pip could not install {}; the reason is above.".format(names[-1]))
    with open(STAMP, "w") as stamp:
        stamp.write("\n".join(print_of(name) for name in names) + "\n")


def make_home(python):
    """The command that runs pip for a .venv that exists afterwards."""
    outer_pip = [python, "-m", "pip", "--python", PYTHON]
    has_outer_pip = succeeds([python, "-m", "pip", "--python", python, "--version"])
    if not works(PYTHON):
        shutil.rmtree(HOME, ignore_errors=True)
        bare = [python, "-m", "venv", HOME]
        if not succeeds(bare + ["--without-pip"] if has_outer_pip else bare):
            sys.exit(
                "{} can neither make a virtual environment with pip nor has pip itself; "
                "install pip for it (on Debian: apt-get install python3-pip python3-venv).".format(
                    python
                )
            )
    return outer_pip if has_outer_pip else [PYTHON, "-m", "pip"]


def new_enough_python():
    """This Python, or a newer one found on the PATH."""
    if sys.version_info >= OLDEST:
        return sys.executable
    for minor in range(20, OLDEST[1] - 1, -1):
        found = shutil.which("python3.{}".format(minor))
        if found and works(found):
            return found
    sys.exit(
        "The desk needs Python {}.{} or newer and this is {}.{}; install one and name it: "
        "make run PYTHON=/path/to/python3".format(*(OLDEST + sys.version_info[:2]))
    )


def only_one():
    """A lock that a second start waits for; the kernel frees it when this process ends."""
    try:
        lock = open(os.path.join(TREE, ".venv.lock"), "w")
    except OSError as error:
        sys.exit("{} cannot be written; copy it to a folder of yours.".format(error.filename))
    fcntl.flock(lock, fcntl.LOCK_EX)
    return lock


def print_of(name):
    """The file's SHA-256 with its name."""
    with open(os.path.join(TREE, name), "rb") as file:
        return "{}:{}".format(name, hashlib.sha256(file.read()).hexdigest())


def works(python):
    """Whether it is a Python that is new enough."""
    return succeeds([python, "-c", "import sys; sys.exit(sys.version_info < {})".format(OLDEST)])


def succeeds(command):
    """Whether it ends with 0; what it says is nobody's business."""
    try:
        return subprocess.call(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


if __name__ == "__main__":
    main(sys.argv[1])
