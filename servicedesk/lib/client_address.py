"""The address a request comes from; a proxy is believed only if the settings name it."""

from django.conf import settings
from django.http import HttpRequest


def of(request: HttpRequest) -> str:
    """The client's address: the nearest one in X-Forwarded-For that is no trusted proxy."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if address not in settings.TRUSTED_PROXIES:
        return address
    for hop in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
        if hop.strip() and hop.strip() not in settings.TRUSTED_PROXIES:
            return hop.strip()[:64]
    return address
