"""The request as views of the desk see it, and one view for a page and its live part."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

if TYPE_CHECKING:
    from organisation.models import Staff


class DeskRequest(HttpRequest):
    """A request of somebody signed in, with htmx's details; for annotations only."""

    user: "Staff"
    htmx: HtmxDetails


def page_or_fragment(
    request: HttpRequest, full: str, fragment: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    """The whole page, or only its fragment when htmx asks to replace a part of it."""
    details: HtmxDetails | None = getattr(request, "htmx", None)
    is_part = bool(details and not details.boosted and not details.history_restore_request)
    response = render(request, fragment if is_part else full, context, status=status)
    patch_vary_headers(response, ("HX-Request",))
    return response
