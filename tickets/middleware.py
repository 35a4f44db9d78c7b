"""Nobody sees the content of a confidential report unlogged, whichever page shows it (page)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from organisation.models import Staff
from servicedesk.lib import clock
from tickets import readings, sight

_SHOWN = {200, 409, 422}


class AccessLogMiddleware:
    """Writes the reports that tickets.sight gave to the person's request into the access log,
    before the answer leaves; where that fails the answer does not leave either."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        opened = sight.opened(user)
        if opened and isinstance(user, Staff) and response.status_code in _SHOWN:
            at = clock.now()
            page = request.resolver_match.view_name if request.resolver_match else ""
            for ticket_id in opened:
                readings.record(ticket_id=ticket_id, page=page, by=user, at=at)
        return response
