"""What a desk that was just started needs before somebody can log a complaint: run as a program
beside it, prints as JSON what the clerk's browser would know."""

import json
import sys

import django
from django.conf import settings
from django.test import Client


def fill() -> dict[str, str]:
    """The cast with limits of seconds; the clerk's session and what to choose in the form."""
    from servicedesk.lib import clock
    from tests import cast as people
    from tests.factories import limits

    cast = people.assemble(clock.now())
    limits.sign_within_three_seconds(cast.at)
    client = Client()
    client.force_login(cast.clerk)
    return {
        "session": client.cookies[settings.SESSION_COOKIE_NAME].value,
        "session_name": settings.SESSION_COOKIE_NAME,
        "csrf_name": settings.CSRF_COOKIE_NAME,
        "category": str(cast.category(limits.CATEGORY).pk),
        "territory": str(cast.territory.pk),
    }


if __name__ == "__main__":
    django.setup()
    sys.stdout.write(json.dumps(fill()))
