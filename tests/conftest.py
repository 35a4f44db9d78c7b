"""What every test may use."""

from tests import servers


def pytest_unconfigure() -> None:
    """The run's servers go; pytest comes here after Ctrl-C too."""
    servers.end()
