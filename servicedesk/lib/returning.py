"""Back to where one came from, and never to another site."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def path(request: HttpRequest, target: str, otherwise: str) -> str:
    """The target if it is a page of this desk, said from its root, else the other."""
    is_ours = target.startswith("/") and url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else otherwise
