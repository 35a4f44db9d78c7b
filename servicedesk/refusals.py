"""How a page shows that a verb refused, so that nothing typed is lost.

A view with a form lets the refusal fall back to the form:

    form = DispatchForm(request.POST or None)
    if form.is_valid():
        with refusals.shown(form):
            dispatching.dispatch(ticket=ticket, by=request.user, at=clock.now(), ...)
            return redirect(ticket)
    return render(request, "tickets/dispatch.html", {"form": form}, status=refusals.status(form))

Leaving the `with` without the return means "refused": the sentence stands in the form (beside
`error.field` if the form has it, else on top), everything typed is still there, and the status is
the error's own. A wrong field answers 422. A view without a form need do nothing: the middleware
below answers any DeskError with the page `refusal.html` (what happened, what you wrote), with a
toast when htmx asked, and with the plain 404 page for NotVisible.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import defaults

from servicedesk.lib.errors import DeskError


@contextmanager
def shown(form: BaseForm) -> Iterator[None]:
    """A DeskError raised inside becomes an error of the form; NotVisible goes on to its page."""
    try:
        yield
    except DeskError as error:
        if error.http_status == 404:
            raise
        is_known_field = error.field is not None and error.field in form.fields
        form.add_error(error.field if is_known_field else None, str(error))
        form.refusal_status = error.http_status  # type: ignore[attr-defined]


def status(form: BaseForm) -> int:
    """200 for a form not yet sent, 422 for one with wrong fields, else the refusal's status."""
    if not form.is_bound or form.is_valid():
        return 200
    return int(getattr(form, "refusal_status", 422))


class RefusalMiddleware:
    """Answers a DeskError that no view has shown."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The refusal page, the toast or the 404 page; None for any other kind of error."""
        if not isinstance(error, DeskError):
            return None
        if error.http_status == 404:
            return defaults.page_not_found(request, Http404())
        if request.headers.get("HX-Request"):
            return _toast(request, error)
        context = {
            "refusal": error,
            "kept": list(_words(request.POST)),
            "back": _page_before(request),
        }
        return render(request, "refusal.html", context, status=error.http_status)


def _toast(request: HttpRequest, error: DeskError) -> HttpResponse:
    """A fragment that htmx puts into the message area whatever the target of the request was."""
    response = render(
        request, "components/toast.html", {"refusal": error}, status=error.http_status
    )
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "beforeend"
    return response


def _page_before(request: HttpRequest) -> str:
    """Where the person came from, if that is a page of this desk; else nothing."""
    before = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(before, {request.get_host()})
    return urlsplit(before).path if is_ours else ""


def _words(typed: QueryDict) -> Iterator[str]:
    """What a person wrote in sentences; codes, keys, tokens and passwords are left out."""
    for name, values in typed.lists():
        if "password" in name or name == "csrfmiddlewaretoken":
            continue
        for value in values:
            if " " in value.strip() or not value.isascii():
                yield str(value)
