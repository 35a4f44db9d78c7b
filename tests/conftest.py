"""What every test may use."""

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
