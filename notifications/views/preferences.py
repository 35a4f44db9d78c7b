"""How one hears of reminders, and who of the company is quiet when (page)."""

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from notifications import quiet_hours
from notifications.forms import PreferenceForm, QuietRuleForm
from notifications.models import Preference, QuietRule
from organisation import permissions
from organisation.models import Unit
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed
from servicedesk.lib.htmx import DeskRequest

# Who must be able to see that somebody is out of reach.
_SEES = (Permission.SUPERVISE, Permission.LEAD_UNIT, Permission.CONFIGURE)


@require_http_methods(["GET", "POST"])
def mine(request: DeskRequest) -> HttpResponse:
    """One's own quiet hours, digest and text messages."""
    known = Preference.objects.filter(staff=request.user).first()
    form = PreferenceForm(
        request.POST if request.method == "POST" else None,
        initial=PreferenceForm.of(known, settings.TIME_ZONE),
    )
    if form.is_valid():
        with refusals.shown(form):
            quiet_hours.choose(
                wish=form.wish, wants_texts=form.cleaned_data["wants_texts"],
                mobile=form.cleaned_data["mobile"], by=request.user, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Saved. What waited under the old choice is not lost."))
            return redirect("notifications:mine")
    most_hours, may_rest = QuietRule.objects.of(request.user)
    context = {"form": form, "most_hours": most_hours, "may_rest": may_rest}
    return render(request, "notifications/mine.html", context, status=refusals.status(form))


@require_http_methods(["GET", "POST"])
def quiet(request: DeskRequest) -> HttpResponse:
    """Who has quiet hours and when, for leaders; the administrator says how much is allowed."""
    if not any(permissions.can(request.user, one) for one in _SEES):
        raise NotAllowed
    may_change = permissions.can(request.user, Permission.CONFIGURE)
    if request.method == "POST" and not may_change:
        raise NotAllowed
    most_hours, may_rest = QuietRule.objects.of(request.user)
    form = QuietRuleForm(
        request.POST if request.method == "POST" else None,
        initial={"most_hours": most_hours, "may_rest_at_weekends": may_rest},
    )
    if form.is_valid():
        with refusals.shown(form):
            company = Unit.objects.get(path=request.user.scope_path)
            quiet_hours.allow(company=company, by=request.user, at=clock.now(), **form.cleaned_data)
            messages.success(request, _("Saved. Whoever had chosen more was cut to it and told."))
            return redirect("notifications:quiet")
    context = {
        "form": form, "may_change": may_change, "most_hours": most_hours, "may_rest": may_rest,
        "chosen": Preference.objects.seen_by(request.user),
    }  # fmt: skip
    return render(request, "notifications/quiet.html", context, status=refusals.status(form))
