"""What every request passes before a view sees it."""

import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import unquote_to_bytes

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _

Answer = Callable[[HttpRequest], HttpResponse]

_STARTED = "started_at"
_TOUCHED = "touched_at"
# Django leaves bytes of a path that are not UTF-8 as they came.
_LEFT_ENCODED = re.compile(r"%[89A-F][0-9A-F]")
# The row is written at most once a minute, not with every click.
_TOUCH_SECONDS = 60


class BrokenTextMiddleware:
    """Answers 400 to text that no database can hold: NUL, broken UTF-8, halves of characters."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _is_broken(request):
            sentence = _("The request held characters that cannot be stored. Nothing was changed.")
            return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def _is_broken(request: HttpRequest) -> bool:
    if "\0" in request.path or _LEFT_ENCODED.search(request.path):
        return True
    if not _is_storable(unquote_to_bytes(request.META.get("QUERY_STRING", ""))):
        return True
    # A quoted cookie may hold escapes that become NUL.
    if any("\0" in value for value in request.COOKIES.values()):
        return True
    if request.content_type == "application/x-www-form-urlencoded":
        return not _is_storable(unquote_to_bytes(request.body))
    if request.content_type == "multipart/form-data":
        return any("\0" in value or "\ufffd" in value for value in _typed(request))
    return False


def _is_storable(raw: bytes) -> bool:
    """Whether the bytes are UTF-8 without NUL; encoded surrogates are not UTF-8."""
    try:
        return "\0" not in raw.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _typed(request: HttpRequest) -> Iterator[str]:
    """Names, values and file names of a form; broken bytes have become U+FFFD by now."""
    fields: QueryDict = request.POST
    for name, values in fields.lists():
        yield name
        yield from map(str, values)
    for files in request.FILES.values():
        yield str(getattr(files, "name", ""))


class SessionLimitsMiddleware:
    """Ends a session after 30 minutes without an act and after 12 hours in any case.

    A page that asks for news by itself says so with the header X-Poll and prolongs nothing.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated:
            _hold_to_limits(request, int(time.time()))
        return self.get_response(request)


def _hold_to_limits(request: HttpRequest, seconds: int) -> None:
    session = request.session
    started, touched = session.get(_STARTED, seconds), session.get(_TOUCHED, seconds)
    is_idle = seconds - touched > settings.SESSION_IDLE_SECONDS
    if is_idle or seconds - started > settings.SESSION_MOST_SECONDS:
        logout(request)
    elif _STARTED not in session:
        session[_STARTED] = session[_TOUCHED] = seconds
    elif seconds - touched >= _TOUCH_SECONDS and "X-Poll" not in request.headers:
        session[_TOUCHED] = seconds
