"""Signing in and out, one's language and whereabouts (page)."""

from django.conf import settings
from django.contrib.auth import views as auth_views
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import translation
from django.views.decorators.http import require_http_methods, require_POST

from organisation import appointments, guarding, whereabouts
from organisation.forms import PresenceForm, SignInForm
from organisation.models import Staff
from servicedesk.lib import client_address, clock, returning

_LANGUAGES = dict(settings.LANGUAGES)


@login_not_required
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """The sign-in page; on success the person's own language and first page."""
    if request.method != "POST":
        return _sign_in(request)
    pair = {
        "account": request.POST.get("username", "")[:150],
        "address": client_address.of(request),
    }
    guarding.check(by=None, at=clock.now(), **pair)
    answer = _sign_in(request)
    if isinstance(request.user, Staff):
        guarding.forgive(by=request.user, at=clock.now(), **pair)
        _remember(answer, request.user.language)
    else:
        guarding.count(by=None, at=clock.now(), **pair)
    return answer


_sign_in = auth_views.LoginView.as_view(form_class=SignInForm, redirect_authenticated_user=True)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponseBase:
    """End the session and wipe what the browser kept of it."""
    answer = auth_views.LogoutView.as_view()(request)
    answer["Clear-Site-Data"] = '"cache", "storage"'
    return answer


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Switch the language, for good if signed in, and go back to where one was."""
    chosen = request.POST.get("language", "")
    answer = redirect(returning.path(request, request.POST.get("next", ""), "/"))
    if chosen in _LANGUAGES:
        if isinstance(request.user, Staff):
            appointments.choose_language(language=chosen, by=request.user, at=clock.now())
        _remember(answer, chosen)
    return answer


@require_POST
def presence(request: HttpRequest) -> HttpResponse:
    """The person's own whereabouts, read by assignment and escalation at once."""
    form = PresenceForm(request.POST)
    if form.is_valid() and isinstance(request.user, Staff):
        whereabouts.report(
            of=request.user, by=request.user, at=clock.now(), **form.cleaned_data
        )
    return redirect(returning.path(request, request.POST.get("next", ""), "/"))


def _remember(answer: HttpResponseBase, language: str) -> None:
    translation.activate(language)
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, language, max_age=settings.LANGUAGE_COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
