"""The desk's own settings with poisonous messages among its templates."""

from servicedesk.settings import *  # noqa: F403
from servicedesk.settings import BASE_DIR, INSTALLED_APPS, TEMPLATES

INSTALLED_APPS += ["tests.notifications.poison"]
TEMPLATES[0]["DIRS"] = [
    BASE_DIR / "tests" / "notifications" / "poison", BASE_DIR / "templates",
]  # fmt: skip
