"""Two versions of a policy side by side, and what is doubtful in one (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from servicedesk.lib import clock
from servicedesk.lib.errors import NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import limit_book, limit_differences, limit_review, policy_wording
from tickets.limit_book import Version


@require_safe
def compare(request: DeskRequest, code: str) -> HttpResponse:
    """What `to` says otherwise than `from`; without them the newest version and the one before."""
    now = clock.now()
    versions = limit_book.versions(request.user, code, now)
    if not versions:
        raise NotVisible
    after = _version(versions, request.GET.get("to", "")) or versions[0]
    earlier = [one for one in versions if one.policy.version < after.policy.version]
    before = _version(versions, request.GET.get("from", "")) or (earlier or versions)[0]
    context = {
        "versions": versions, "before": before, "after": after, "now": now,
        "policy": after.policy, "calendars": limit_book.calendar_names(),
        "categories": limit_book.category_names(),
        "ladders": limit_book.ladder_names(),
        "differences": limit_differences.between(
            policy_wording.says(before.policy), policy_wording.says(after.policy), at=now
        ),
    }  # fmt: skip
    return render(request, "tickets/policy_compare.html", context)


@require_safe
def check(request: DeskRequest, code: str) -> HttpResponse:
    """What is doubtful in one version, as a piece of its page."""
    now = clock.now()
    versions = limit_book.versions(request.user, code, now)
    if not versions:
        raise NotVisible
    shown = _version(versions, request.GET.get("version", "")) or limit_book.current(versions)
    found = limit_review.of_policy(shown.policy, at=now)
    context = {"findings": found, "calendars": limit_book.calendar_names(), "now": now}
    context |= {"categories": limit_book.category_names(), "policy": shown.policy}
    return render(request, "tickets/_limit_findings.html", context)


def _version(versions: list[Version], wanted: str) -> Version | None:
    """The version of that number; None where none is asked for, NotVisible where it is not there."""
    if not wanted:
        return None
    found = [one for one in versions if str(one.policy.version) == wanted]
    if not found:
        raise NotVisible
    return found[0]
