"""Move open tickets to the newest version of their limits: preview, reason, progress (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from notifications.models import Job
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock, htmx
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import limit_keepers, replan_outlook, replanning, sight
from tickets.forms.replan import ReplanForm, ReplanOneForm
from tickets.models import Policy


@require_http_methods(["GET", "POST"])
def replan(request: DeskRequest, code: str) -> HttpResponse:
    """The open tickets that an older version judges, what would move, and moving them."""
    now = clock.now()
    newest = _newest(request.user, code)
    outlook = replan_outlook.of(newest, request.user, now)
    sent = request.POST if request.method == "POST" else None
    form = ReplanForm(sent, by_version=outlook.by_version)
    if form.is_valid():
        with refusals.shown(form):
            done = replanning.ask_for(code=code, **form.cleaned_data, by=request.user, at=now)
            if isinstance(done, Job):
                return redirect("tickets:policy-replan-run", pk=done.pk)
            said = ngettext("%(n)d ticket was moved.", "%(n)d tickets were moved.", done)
            messages.success(request, said % {"n": done})
            return redirect("tickets:policy", code=code)
    context = {"policy": newest, "outlook": outlook, "form": form, "now": now}
    return render(request, "tickets/replan.html", context, status=refusals.status(form))


@require_http_methods(["GET", "POST"])
def replan_one(request: DeskRequest, number: str) -> HttpResponse:
    """The same for one ticket that one may see."""
    ticket = sight.of(request.user, number)
    _only_keepers(request.user)
    now = clock.now()
    newest = replan_outlook.newest_in_force(ticket.policy.code, now) if ticket.policy else None
    form = ReplanOneForm(
        request.POST if request.method == "POST" else None, initial={"version": ticket.version}
    )
    if form.is_valid():
        with refusals.shown(form):
            replanning.replan(ticket=ticket, **form.cleaned_data, by=request.user, at=now)
            messages.success(request, _("The ticket is judged by the newest limits now."))
            return redirect("tickets:ticket", number=number)
    is_behind = newest is not None and newest != ticket.policy and ticket.is_open
    changes = replan_outlook.changes(ticket, newest, now) if newest and is_behind else ()
    context = {
        "ticket": ticket, "newest": newest, "is_behind": is_behind, "changes": changes,
        "form": form, "now": now,
    }  # fmt: skip
    return render(request, "tickets/replan_one.html", context, status=refusals.status(form))


@require_safe
def run(request: DeskRequest, pk: int) -> HttpResponse:
    """How far a move of many tickets is, and what came of it."""
    _only_keepers(request.user)
    job = Job.objects.filter(kind=replanning.KIND, by=request.user, pk=pk).first()
    if job is None:
        raise NotVisible
    context = {"job": job, "now": clock.now()}
    return htmx.page_or_fragment(
        request, "tickets/replan_run.html", "tickets/_replan_run.html", context
    )


def _newest(user: Staff, code: str) -> Policy:
    """The version in force, if the person may see the policy and configures; else NotVisible."""
    _only_keepers(user)
    newest = replan_outlook.newest_in_force(code, clock.now())
    if newest is None or not limit_keepers.visible_policies(user).filter(pk=newest.pk).exists():
        raise NotVisible
    return newest


def _only_keepers(user: Staff) -> None:
    if Permission.CONFIGURE not in user.permissions:
        raise NotAllowed
