"""Receivers of events outside: enter, change, switch, another secret, try (page)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from notifications import subscriptions
from notifications.models import Lane, WebhookSubscription
from organisation import permissions
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock, htmx
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets.forms.webhooks import WebhookForm
from tickets.states import Happening
from tickets.views import moving

_LATEST = 20
# In the session: of which receiver the secret is shown once, on the next page.
_TO_SHOW = "webhook_secret_to_show"


@require_safe
def webhooks(request: DeskRequest) -> HttpResponse:
    """The receivers of the person's company."""
    _only_those_who_configure(request)
    found = list(WebhookSubscription.objects.of_company(request.user).order_by("-is_active", "pk"))
    lanes = {lane.name: lane for lane in Lane.objects.filter(name__in=[one.lane for one in found])}
    rows = [
        {"one": one, "events": _labels(one), "trouble": lanes.get(one.lane)} for one in found
    ]
    return render(request, "tickets/webhooks.html", {"rows": rows, "now": clock.now()})


@require_http_methods(["GET", "POST"])
def webhook_new(request: DeskRequest) -> HttpResponse:
    """Another receiver; its secret is shown on the next page, once."""
    _only_those_who_configure(request)
    form = WebhookForm(moving.typed(request))
    if form.is_valid():
        with refusals.shown(form):
            made = subscriptions.subscribe(
                **form.cleaned_data, by=request.user, at=clock.now()
            )
            request.session[_TO_SHOW] = made.pk
            return redirect("tickets:webhook", made.pk)
    context = {"form": form, "title": _("Add a receiver")}
    return render(request, "tickets/webhook_form.html", context, status=refusals.status(form))


@require_safe
def webhook(request: DeskRequest, pk: int) -> HttpResponse:
    """One receiver: what it hears of, how it answers, what was sent lately."""
    found = _found(request, pk)
    latest = found.messages.order_by("-pk").defer("facts")[:_LATEST]
    context: dict[str, Any] = {
        "one": found, "events": _labels(found), "latest": latest, "now": clock.now(),
        "trouble": Lane.objects.filter(name=found.lane, failures__gt=0).first(),
    }  # fmt: skip
    if not request.htmx and request.session.get(_TO_SHOW) == found.pk:
        del request.session[_TO_SHOW]
        context["secret"] = subscriptions.secret(
            subscription=found, by=request.user, at=context["now"]
        )
    return htmx.page_or_fragment(
        request, "tickets/webhook.html", "tickets/_webhook_sent.html", context
    )


@require_http_methods(["GET", "POST"])
def webhook_change(request: DeskRequest, pk: int) -> HttpResponse:
    """Another name, address or choice of events."""
    found = _found(request, pk)
    initial = {"name": found.name, "url": found.url, "events": found.events}
    form = WebhookForm(moving.typed(request), initial=initial)
    if form.is_valid():
        with refusals.shown(form):
            subscriptions.amend(
                subscription=found, **form.cleaned_data, by=request.user, at=clock.now()
            )
            return redirect("tickets:webhook", found.pk)
    context = {"form": form, "title": found.name}
    return render(request, "tickets/webhook_form.html", context, status=refusals.status(form))


@require_POST
def webhook_switch(request: DeskRequest, pk: int) -> HttpResponse:
    """On or off."""
    found = _found(request, pk)
    is_on = request.POST.get("is_on") == "yes"
    subscriptions.switch(subscription=found, is_active=is_on, by=request.user, at=clock.now())
    return redirect("tickets:webhook", found.pk)


@require_POST
def webhook_rotate(request: DeskRequest, pk: int) -> HttpResponse:
    """Another secret, shown on the next page, once."""
    found = _found(request, pk)
    subscriptions.rotate(subscription=found, by=request.user, at=clock.now())
    request.session[_TO_SHOW] = found.pk
    return redirect("tickets:webhook", found.pk)


@require_POST
def webhook_test(request: DeskRequest, pk: int) -> HttpResponse:
    """Send it a message that tells of no ticket."""
    found = _found(request, pk)
    subscriptions.test(subscription=found, by=request.user, at=clock.now())
    messages.success(request, _("A test is on its way; below stands what became of it."))
    return redirect("tickets:webhook", found.pk)


def _found(request: DeskRequest, pk: int) -> WebhookSubscription:
    _only_those_who_configure(request)
    found = WebhookSubscription.objects.of_company(request.user).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _labels(one: WebhookSubscription) -> list[str]:
    """In the order in which things happen."""
    return [str(code.label) for code in Happening if code in one.events]


def _only_those_who_configure(request: DeskRequest) -> None:
    if not permissions.can(request.user, Permission.CONFIGURE):
        raise NotAllowed
