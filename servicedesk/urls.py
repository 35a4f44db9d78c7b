"""Prefixes of the apps; each app's own urls.py is its site map."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from organisation.views import session
from servicedesk.views import home
from tickets.views import engine

handler400 = "servicedesk.views.problems.bad_request"
handler500 = "servicedesk.views.problems.server_error"


def _site_map(prefix: str, module: str) -> list[URLPattern | URLResolver]:
    """The app's addresses below the prefix, once it has any."""
    return [path(prefix, include(module))] if find_spec(module) else []


urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", engine.healthz, name="healthz"),
    # Coming and going
    path("sign-in/", session.sign_in, name="login"),
    path("sign-out/", session.sign_out, name="logout"),
    # The apps
    *_site_map("organisation/", "organisation.urls"),
    *_site_map("customers/", "customers.urls"),
    *_site_map("notices/", "notifications.urls"),
    *_site_map("assignment/", "assignment.urls"),
    *_site_map("tickets/", "tickets.urls"),
    *_site_map("surveys/", "surveys.urls"),
    *_site_map("s/", "surveys.public_urls"),
    *_site_map("reports/", "reports.urls"),
]
