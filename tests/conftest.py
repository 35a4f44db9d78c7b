"""What every test may use."""

from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests import servers, sockets
from tests.browsing import (  # noqa: F401
    browser_context,
    browser_page,
    chromium,
    desk_address,
    desk_environment,
    live_desk,
)
from tests.fixtures import cast, fresh_rules  # noqa: F401

sockets.forbid_outside()

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("desk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("desk")


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The databases go with their server; a process that still ends must not make a test fail."""
    return True


def pytest_unconfigure() -> None:
    """The run's servers go; pytest comes here after Ctrl-C too."""
    servers.end()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How many cells of the permission matrix this run asked, parallel workers included."""
    reports = [one for group in terminalreporter.stats.values() for one in group]
    cells = sum(
        count
        for report in reports
        if getattr(report, "when", "") == "call"
        for name, count in report.user_properties
        if name == "cells"
    )
    if cells:
        terminalreporter.write_line(f"permission matrix: {cells:,} cells")
