"""Write, change, withdraw a policy of limits: each time a new version (page)."""

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from organisation.models import Staff
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import limit_book, limit_keepers, limit_review, policy_keeping, policy_wording
from tickets.forms import limits as limit_forms
from tickets.forms import policies as policy_forms
from tickets.models import Policy
from tickets.policy_wording import Wording


@dataclass
class _Sheet:
    """The policy and its limits as they stand on the page."""

    form: policy_forms.PolicyForm
    limits: Any
    base: Policy | None

    def is_valid(self) -> bool:
        """Whether both parts can be saved; both are judged, so that every fault shows at once."""
        return all([self.form.is_valid(), self.limits.is_valid()])

    def wording(self) -> Wording:
        """What was typed, as the verb takes it."""
        return self.form.wording(self.limits.wordings())

    def rest(self) -> dict[str, Any]:
        """Note and day of the version."""
        typed = self.form.cleaned_data
        return {"note": typed["note"], "effective_at": typed["effective_at"]}


@require_http_methods(["GET", "POST"])
def policy_new(request: DeskRequest) -> HttpResponse:
    """A policy that is not there yet, from nothing or as a copy of another."""
    _only_writers(request.user)
    like = request.GET.get("like", "")
    said = policy_wording.says(_newest(request.user, like)) if like else None
    sheet = _sheet(request, said, None)
    if _is_sent(request) and sheet.is_valid():
        with refusals.shown(sheet.form):
            saved = policy_keeping.add(
                wording=sheet.wording(), **sheet.rest(), by=request.user, at=clock.now()
            )
            return _saved(request, saved)
    title = _("Copy of “%(name)s”") % {"name": _name(said)} if said else _("New limits")
    return _page(request, sheet, title)


@require_http_methods(["GET", "POST"])
def policy_edit(request: DeskRequest, code: str) -> HttpResponse:
    """Change a policy; saving makes its next version."""
    newest = _kept(request.user, code)
    versions = {one.policy.pk: one.policy for one in limit_book.versions(request.user, code, clock.now())}
    by_number = {str(one.version): one for one in versions.values()}
    said = policy_wording.says(by_number.get(request.GET.get("from", ""), newest))
    sheet = _sheet(request, said, newest)
    if _is_sent(request) and sheet.is_valid():
        base = versions.get(sheet.form.cleaned_data["base"], newest)
        with refusals.shown(sheet.form):
            saved = policy_keeping.change(
                policy=base, wording=sheet.wording(), **sheet.rest(), by=request.user, at=clock.now()
            )
            return _saved(request, saved)
        _look_from(sheet, newest)
    return _page(request, sheet, newest.name)


@require_http_methods(["GET", "POST"])
def policy_withdraw(request: DeskRequest, code: str) -> HttpResponse:
    """Let a policy hold for no ticket from now on."""
    newest = _kept(request.user, code)
    form = policy_forms.WithdrawForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        with refusals.shown(form):
            policy_keeping.withdraw(
                policy=newest, note=form.cleaned_data["note"], by=request.user, at=clock.now()
            )
            messages.success(request, _("“%(name)s” is withdrawn.") % {"name": newest.name})
            return redirect("tickets:policy", code)
    context = {
        "form": form, "title": _("Withdraw “%(name)s”") % {"name": newest.name},
        "back": reverse("tickets:policy", args=[code]),
        "warning": _("No new ticket will be judged by it; what is less specific holds instead."),
    }  # fmt: skip
    return render(request, "form_page.html", context, status=refusals.status(form))


@require_POST
def policy_call_off(request: DeskRequest, code: str, version: int) -> HttpResponse:
    """Let a planned version not take effect."""
    _kept(request.user, code)
    found = Policy.objects.filter(code=code, version=version).first()
    if found is None:
        raise NotVisible
    policy_keeping.call_off(policy=found, by=request.user, at=clock.now())
    messages.success(request, _("Version %(n)d is called off.") % {"n": version})
    return redirect("tickets:policy", code)


def _only_writers(user: Staff) -> None:
    if not limit_keepers.may_write(user):
        raise NotAllowed


def _newest(user: Staff, code: str) -> Policy:
    """The version of a policy written last, if the person may see the policy at all."""
    _only_writers(user)
    found = limit_keepers.visible_policies(user).filter(code=code, called_off_at=None)
    newest = found.order_by("-version").first()
    if newest is None:
        raise NotVisible
    return newest


def _kept(user: Staff, code: str) -> Policy:
    """The same, if the person keeps it."""
    newest = _newest(user, code)
    if not limit_keepers.may_keep(user, utility=newest.utility, company=newest.company):
        raise policy_keeping.NotYourLimits
    return newest


def _is_sent(request: DeskRequest) -> bool:
    """Whether it is to be saved, and not merely to be checked or to get one more limit."""
    return _is_whole(request) and "check" not in request.POST


def _is_whole(request: DeskRequest) -> bool:
    """Whether what was typed is to be judged as a whole: to be saved or to be checked."""
    return request.method == "POST" and "more" not in request.POST


def _sheet(request: DeskRequest, said: Wording | None, base: Policy | None) -> _Sheet:
    known = limit_forms.Known(said.limits if said else ())
    if _is_whole(request):
        data = request.POST.copy()
        form = policy_forms.PolicyForm(
            data, user=request.user, known=known, initial=policy_forms.initial_of(said) if said else {}
        )
        limits = limit_forms.LimitFormSet(data, prefix="limits", form_kwargs={"known": known})
        return _Sheet(form, limits, base)
    if request.method == "POST":
        fields, rows = limit_forms.drafts(request.POST)
    else:
        fields = policy_forms.initial_of(said) if said else {}
        rows = limit_forms.initial_of(said.limits) if said else []
        fields |= {"base": base.pk if base else None}
    form = policy_forms.PolicyForm(user=request.user, known=known, initial=fields)
    limits = limit_forms.LimitFormSet(initial=rows, prefix="limits", form_kwargs={"known": known})
    limits.extra = 1 if request.method == "POST" or not rows else 0
    if request.method == "POST" and limits.forms:
        limits.forms[-1].fields["clock"].widget.attrs["autofocus"] = True
    return _Sheet(form, limits, base)


def _look_from(sheet: _Sheet, newest: Policy) -> None:
    """What somebody else saved meanwhile has been seen now: the next try comes after it."""
    if isinstance(sheet.form.data, QueryDict):
        sheet.form.data["base"] = str(newest.pk)


def _name(said: Wording) -> str:
    return Policy(name_en=said.name_en, name_zh=said.name_zh).name


def _saved(request: DeskRequest, saved: Policy) -> HttpResponse:
    if saved.effective_at > saved.created_at:
        day = timezone.localtime(saved.effective_at).strftime("%Y-%m-%d %H:%M")
        said = _("Version %(n)d of “%(name)s” is saved and takes effect at %(at)s.")
        messages.success(request, said % {"n": saved.version, "name": saved.name, "at": day})
    else:
        said = _("Version %(n)d of “%(name)s” is in force. Open tickets keep their version.")
        messages.success(request, said % {"n": saved.version, "name": saved.name})
    return redirect("tickets:policy", saved.code)


def _page(request: DeskRequest, sheet: _Sheet, title: str) -> HttpResponse:
    is_wrong = _is_whole(request) and not sheet.limits.is_valid()
    planned = sheet.base if sheet.base and sheet.base.effective_at > clock.now() else None
    context = {
        "form": sheet.form, "limits": sheet.limits, "base": sheet.base, "title": title,
        "planned": planned,
        "is_more": "more" in request.POST, "most": limit_forms.MOST_LIMITS,
    }  # fmt: skip
    if _is_whole(request) and sheet.is_valid():
        context |= _checked(sheet)
    template = "tickets/_policy_sheet.html" if request.htmx else "tickets/policy_form.html"
    status = 422 if is_wrong else refusals.status(sheet.form)
    return render(request, template, context, status=status)


def _checked(sheet: _Sheet) -> dict[str, Any]:
    """What is doubtful in the limits as they are typed."""
    code = sheet.base.code if sheet.base else ""
    return {
        "findings": limit_review.of_wording(sheet.wording(), code=code, at=clock.now()),
        "is_checked": True, "calendars": limit_book.calendar_names(),
        "categories": limit_book.category_names(),
    }  # fmt: skip
