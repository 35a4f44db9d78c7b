"""Pages for what went wrong before or behind a view: handler400 and handler500 (page)."""

import logging
import secrets
import sys

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader
from django.views import defaults

logger = logging.getLogger(__name__)

_RETRY_SECONDS = "15"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The 413 page for what is too large, the 400 page for all that is broken."""
    if isinstance(exception, RequestDataTooBig):
        return render(request, "413.html", status=413)
    return defaults.bad_request(request, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    """The 503 page while the database is away, else the 500 page with a number that is in the log.

    Neither may need the database, so no context processor runs.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        response = HttpResponse(loader.get_template("503.html").render(), status=503)
        response["Retry-After"] = _RETRY_SECONDS
        return response
    error_number = secrets.token_hex(4)
    logger.error("Error number %s at %s", error_number, request.path)
    page = loader.get_template("500.html").render({"error_number": error_number})
    return HttpResponse(page, status=500)
