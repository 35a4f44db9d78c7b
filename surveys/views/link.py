"""The rating link as the customer opens it: no account, no script, once (page)."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from servicedesk.lib import client_address, clock
from servicedesk.lib.errors import DeskError
from surveys import answers, guessing, outlook, plans
from surveys.forms import AnswerForm
from surveys.models import Invitation, Mode

_LANGUAGES = ("en", "zh-hans")


# The token in the address is the only authority here, no cookie is; and a browser that sends no
# referrer sends the origin "null", which the usual check would refuse.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The questions, the thanks, or one plain page for every link that cannot be used. Opening it
    changes nothing: mail scanners open links too."""
    if request.user.is_authenticated:
        return _plain(request, "surveys/link_staff.html", {}, 403)
    address, now = client_address.of(request), clock.now()
    try:
        guessing.check(address=address, by=None, at=now)
        invitation = answers.behind(token=token, at=now)
        with translation.override(_language(request, invitation)):
            return _ask(request, token, invitation)
    except DeskError as error:
        if isinstance(error, answers.LinkDead) and not answers.was_issued(token):
            guessing.count(address=address, by=None, at=now)
        return _plain(request, "surveys/link_dead.html", {"refusal": error}, error.http_status)


def _ask(request: HttpRequest, token: str, invitation: Invitation) -> HttpResponse:
    language = translation.get_language() or invitation.language
    form = AnswerForm(
        request.POST if request.method == "POST" else None,
        instrument=plans.instrument(mode=Mode.LINK, kind=invitation.kind), language=language,
    )  # fmt: skip
    context = {
        "form": form,
        "number": invitation.ticket.number,
        "company": outlook.company(invitation.ticket, language),
        "languages": [("en", "English"), ("zh-hans", "简体")],
    }
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return _plain(request, "surveys/link.html", context, status)
    reply = answers.Reply(**form.reply())
    answers.record_by_link(token=token, reply=reply, by=None, at=clock.now())
    return _plain(request, "surveys/link_thanks.html", context, 200)


def _language(request: HttpRequest, invitation: Invitation) -> str:
    """The one chosen on the page, else the one the matter was told in."""
    chosen = request.GET.get("language", "")
    return chosen if chosen in _LANGUAGES else invitation.language


def _plain(
    request: HttpRequest, template: str, context: dict[str, object], status: int
) -> HttpResponse:
    response = render(request, template, context, status=status)
    # The address holds the token; it must not travel on.
    response["Referrer-Policy"] = "no-referrer"
    return response
