"""The desk's own settings, read after the servers of this test run have been named to them."""

from tests import servers

servers.begin()

from servicedesk.settings import *  # noqa: E402, F403

# Sixteen people are appointed for each test; hashing their passwords well is tested on its own.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
