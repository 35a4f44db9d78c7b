"""Findings of responsibility: record one, read those about oneself, appeal, decide (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as say
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.htmx import DeskRequest
from tickets import findings, found, permissions, sight
from tickets.forms import findings as forms
from tickets.states import Move
from tickets.views import moving


@require_safe
def listed(request: DeskRequest) -> HttpResponse:
    """The findings that name the reader or their unit; for who judges, of all tickets they see."""
    part = "appeals" if request.GET.get("part") == "appeals" else "all"
    now = clock.now()
    rows = found.recent(request.user, part)
    may_appeal = {row.pk for row in rows if found.may_appeal(request.user, row, now)}
    context = {
        "findings": rows, "may_appeal": may_appeal, "part": part, "now": now,
        "may_judge": found.may_judge(request.user),
    }  # fmt: skip
    return render(request, "tickets/findings.html", context)


@require_http_methods(["GET", "POST"])
def record(request: DeskRequest, number: str) -> HttpResponse:
    """Who answers for what the customer complained of."""
    ticket = moving.of(request, number, Move.FIND)
    form = forms.FindingForm(
        moving.typed(request), ticket=ticket, initial={"version": ticket.version}
    )
    return moving.form(
        request, ticket, form, Move.FIND.label,
        lambda typed: findings.record(
            ticket=ticket, ruling=form.ruling(), version=typed["version"], by=request.user,
            at=clock.now(),
        ).ticket,
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def appeal(request: DeskRequest, pk: int) -> HttpResponse:
    """The word of whom a finding names; they need not see the ticket."""
    finding = found.one(request.user, pk)
    form = forms.AppealForm(moving.typed(request))
    if form.is_valid():
        with refusals.shown(form):
            findings.appeal(
                finding=finding, grounds=form.cleaned_data["reason"], by=request.user,
                at=clock.now(),
            )  # fmt: skip
            messages.success(request, say("Saved: %(title)s.") % {"title": Move.APPEAL.label})
            return redirect("tickets:findings")
    context = {"finding": finding, "form": form, "now": clock.now()}
    return render(request, "tickets/appeal.html", context, status=refusals.status(form))


@require_http_methods(["GET", "POST"])
def decide(request: DeskRequest, number: str, pk: int) -> HttpResponse:
    """The answer to an appeal, by another than who found."""
    ticket = sight.of(request.user, number)
    permissions.check_role(request.user, Move.DECIDE_APPEAL)
    about = found.open_appeal(request.user, ticket, pk)
    form = forms.DecisionForm(moving.typed(request), ticket=ticket)
    return moving.form(
        request, ticket, form, _("Decide the appeal"),
        lambda typed: findings.decide(
            appeal=about, decision=typed["decision"],
            ruling=form.ruling() if typed["is_accepted"] else None,
            by=request.user, at=clock.now(),
        ).finding.ticket,
    )  # fmt: skip
