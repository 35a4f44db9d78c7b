"""The desk's own settings, read after the servers of this test run have been named to them."""

from tests import servers

servers.begin()

from servicedesk.settings import *  # noqa: E402, F403
