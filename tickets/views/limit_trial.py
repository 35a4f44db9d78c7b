"""Try a matter against the limits: what is due when, and why; nothing is written (page)."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import limit_book, limit_keepers, limit_trial, previews, sight
from tickets.forms.limit_trial import TrialForm
from tickets.limit_trial import Trial
from tickets.models import Policy


@require_safe
def try_out(request: DeskRequest) -> HttpResponse:
    """A matter that one makes up, or with `ticket` what really happened to one that one may see;
    with `beside` the same by another version."""
    if request.GET.get("ticket"):
        return _of_ticket(request, request.GET["ticket"])
    now = clock.now()
    lines = previews.utilities(request.user)
    form = TrialForm(request.GET if "kind" in request.GET else None, utilities=lines)
    named = _named(request)
    if named is not None:
        form.initial.update(_like(named))
    context: dict[str, Any] = {"form": form, "now": now, "named": named}
    if form.is_valid():
        events = form.events(now)
        matter = limit_trial.with_periods(form.matter(request.user.unit.company_path), events[0].at)
        if form.cleaned_data["special_period"]:
            matter = limit_trial.within(matter, form.cleaned_data["special_period"])
        trial = limit_trial.of_matter(
            matter, events=events, user=request.user, at=max(now, events[-1].at),
            beside=_beside(request),
        )  # fmt: skip
        context |= _told(request, trial) | {"received_at": events[0].at}
    return render(request, "tickets/policy_try.html", context, status=refusals.status(form))


def _of_ticket(request: DeskRequest, number: str) -> HttpResponse:
    """What happened to the ticket, by the version it keeps and by another one."""
    now = clock.now()
    ticket = sight.of(request.user, number)
    trial = limit_trial.of_ticket(ticket, user=request.user, at=now, beside=_beside(request))
    context = {"ticket": ticket, "now": now, "received_at": ticket.received_at}
    return render(request, "tickets/policy_try.html", context | _told(request, trial))


def _told(request: DeskRequest, trial: Trial) -> dict[str, Any]:
    """What the result needs beside the trial: names of calendars, versions to lay beside it."""
    judgement = trial.judgement
    versions = limit_trial.versions(judgement.policy, request.user) if judgement else []
    query = request.GET.copy()
    query.pop("beside", None)
    rows = [one.policy for one in (*trial.fitting, *trial.others)]
    return {
        "trial": trial, "calendars": limit_book.calendar_names(),
        "selectors": limit_book.selectors(rows), "query": query.urlencode(),
        "versions": [one for one in versions if judgement and one != judgement.policy],
    }  # fmt: skip


def _beside(request: DeskRequest) -> Policy | None:
    """The version to compare with; NotVisible for one that is not there or another company's."""
    wanted = request.GET.get("beside", "")
    if not wanted:
        return None
    rows = limit_keepers.visible_policies(request.user)
    found = rows.filter(pk=int(wanted)).first() if wanted.isdecimal() and len(wanted) < 10 else None
    if found is None:
        raise NotVisible
    return found


def _named(request: DeskRequest) -> Policy | None:
    """The version that one comes from, to lay beside whatever holds; None where none is named."""
    code, version = request.GET.get("policy", ""), request.GET.get("version", "")
    if not code:
        return None
    rows = limit_keepers.visible_policies(request.user).filter(code=code).order_by("-version")
    if version.isdecimal() and len(version) < 6:
        rows = rows.filter(version=int(version))
    return rows.first()


def _like(policy: Policy) -> dict[str, Any]:
    """A form filled in so that the policy would be tried."""
    return {
        "kind": policy.kind, "category": policy.category_code, "area_class": policy.area_class,
        "channel": policy.channel, "special_period": policy.special_period,
    } | ({"level": policy.level} if policy.level else {})  # fmt: skip
