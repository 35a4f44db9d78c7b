"""What every test may use."""

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


def pytest_unconfigure() -> None:
    """The run's servers go; pytest comes here after Ctrl-C too."""
    servers.end()
