"""The desk's own settings, read after the servers of this test run have been named to them."""

from tests import servers

servers.begin()

from servicedesk.settings import *  # noqa: E402, F403

# Sixteen people are appointed for each test; hashing their passwords well is tested on its own.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "django.contrib.auth.hashers.Argon2PasswordHasher",
]

# Style and script straight from the tree: nothing to collect before a test, no hashed names.
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # noqa: F405
