"""The shape everybody can rely on: small files, named subjects, verbs that say who and when."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from servicedesk.processes.places import TREE

APPS = (
    "organisation", "customers", "notifications", "assignment", "tickets", "surveys", "reports",
    "demonstration",
)  # fmt: skip
MOST_LINES_OF_A_FILE = 450
MOST_LINES_OF_A_FUNCTION = 50
MOST_LINES_OF_A_VIEW = 25
MOST_LINES_ABOUT_AN_APP = 8
MEANINGLESS = {"utils", "util", "helpers", "common", "misc", "services", "managers", "signals"}

# Functions beside the verbs that change nothing, so that nobody needs to answer for them.
NO_VERBS = {
    "notifications.hooks.listening": "tells from memory who outside hears of an event",
    "notifications.outbox.row": "makes a message in memory for queue() to write",
    "surveys.answers.behind": "finds the invitation of a live link",
    "surveys.answers.was_issued": "asks whether a link was ever sent",
    "surveys.callbacks.held": "locks the task that a verb is about to change",
}

# Who else may begin a query at Ticket.objects, and why that is right.
FROM_ALL_TICKETS = {
    "reports/figures/counting.py": "counts tickets that a reader's own query gave it",
    "reports/watch/neighbours.py": "tells repeats from first times; of no confidential report",
    "reports/readers.py": "the external supervisor reads figures alone, of no confidential report",
    "surveys/answers.py": "locks the ticket whose link or call is being answered",
    "surveys/decisions.py": "locks the ticket whose page the supervisor has open",
    "surveys/invitations.py": "tickets come to the callback and windows end for no person",
}


def trees(*folders: str) -> Iterator[tuple[str, ast.Module]]:
    for folder in folders:
        for file in sorted((TREE / folder).rglob("*.py")):
            if "migrations" not in file.parts:
                yield str(file.relative_to(TREE)), ast.parse(file.read_text())


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def length(function: ast.FunctionDef) -> int:
    assert function.end_lineno is not None
    return function.end_lineno - function.lineno + 1


def python_files() -> list[Path]:
    folders = (*APPS, "servicedesk", "tests", "bench")
    files = [file for folder in folders for file in (TREE / folder).rglob("*.py")]
    assert len(files) > 300, "the walk has lost the tree"
    return files


def test_no_file_is_too_long() -> None:
    lengths = {
        str(file.relative_to(TREE)): len(file.read_text().splitlines()) for file in python_files()
    }
    # A migration is written by Django and read once.
    long = {
        name
        for name, lines in lengths.items()
        if lines > MOST_LINES_OF_A_FILE and "/migrations/" not in name
    }
    assert not long


def test_no_function_is_too_long() -> None:
    long = {
        f"{name}:{function.name}": length(function)
        for name, tree in trees(*APPS, "servicedesk", "tests", "bench")
        for function in functions(tree)
        if length(function) > MOST_LINES_OF_A_FUNCTION
    }
    assert not long


def test_no_view_does_more_than_fetch_check_call_and_render() -> None:
    long = {
        f"{name}:{function.name}": length(function)
        for name, tree in trees(*(f"{app}/views" for app in (*APPS, "servicedesk")))
        for function in functions(tree)
        if length(function) > MOST_LINES_OF_A_VIEW
    }
    assert not long


def test_every_module_is_named_by_its_subject() -> None:
    named = {part for file in python_files() for part in (*file.parts, file.stem)}
    assert not named & MEANINGLESS


@pytest.mark.parametrize("app", [*APPS, "servicedesk"])
def test_every_app_says_briefly_what_it_owns(app: str) -> None:
    said = ast.get_docstring(ast.parse((TREE / app / "__init__.py").read_text()))
    assert said
    assert len(said.splitlines()) <= MOST_LINES_ABOUT_AN_APP


def verb_modules() -> list[tuple[str, str]]:
    """App and module of every verb, as the map of imports places them under `# verbs`."""
    placed, app, is_about_verbs = [], "", False
    for line in (TREE / "pyproject.toml").read_text().splitlines():
        if line.startswith("containers = "):
            app = line.split('"')[1]
        elif line.strip().startswith("#"):
            is_about_verbs = line.strip() == "# verbs"
        elif is_about_verbs and line.startswith('  "'):
            placed += [(app, name.strip(' ",()')) for name in line.split(":")]
        else:
            is_about_verbs = False
    return [(app, name) for app, name in placed if app != "demonstration"]


def public_functions(path: str) -> list[ast.FunctionDef]:
    body = ast.parse((TREE / path).read_text()).body
    defined = [node for node in body if isinstance(node, ast.FunctionDef)]
    return [function for function in defined if not function.name.startswith("_")]


@pytest.mark.parametrize(("app", "module"), verb_modules())
def test_every_verb_takes_names_and_says_who_and_when(app: str, module: str) -> None:
    wrong = []
    for function in public_functions(f"{app}/{module}.py"):
        taken = function.args
        names = {argument.arg for argument in taken.kwonlyargs}
        is_verb = not (taken.args or taken.posonlyargs) and {"by", "at"} <= names
        if not is_verb and f"{app}.{module}.{function.name}" not in NO_VERBS:
            wrong.append(function.name)
    assert not wrong


def test_the_verbs_are_all_there() -> None:
    assert len(verb_modules()) >= 29


def test_every_exception_from_the_rule_is_still_one() -> None:
    for name in NO_VERBS:
        app, module, function = name.split(".")
        found = {one.name: one for one in public_functions(f"{app}/{module}.py")}
        names = {argument.arg for argument in found[function].args.kwonlyargs}
        assert not {"by", "at"} <= names, f"{name} is a verb now"


def starts_of_ticket_queries() -> Iterator[tuple[str, ast.Attribute]]:
    for name, tree in trees(*APPS, "servicedesk"):
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Attribute)
                and node.attr == "objects"
                and isinstance(node.value, ast.Name)
                and node.value.id == "Ticket"
            ):
                yield name, node


def visible_starts(tree: ast.AST) -> set[int]:
    """Lines on which a query goes on with visible_to() at once."""
    return {
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "visible_to"
    }


def test_pages_reach_tickets_only_through_a_person() -> None:
    """Outside tickets' own models, questions and verbs a query starts at visible_to()."""
    used = set()
    for name, node in starts_of_ticket_queries():
        is_page = "/views/" in name
        visible = visible_starts(ast.parse((TREE / name).read_text()))
        is_elsewhere = not name.startswith(("tickets/", "demonstration/"))
        if (is_page or is_elsewhere) and node.lineno not in visible:
            used.add(name)
    assert used == set(FROM_ALL_TICKETS)
