"""Routing rules as rows: read, add, change, switch off, try out (page)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignment import change_log, rule_keeping
from assignment.models import Change, RoutingRule
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest
from tickets import rule_book
from tickets.forms.rules import RuleForm, TryForm

_READERS = {Permission.CONFIGURE, Permission.DISPATCH}


@require_safe
def rules(request: DeskRequest) -> HttpResponse:
    """Every rule of one's company, what it selects and where it sends."""
    _only(request.user, _READERS)
    path = request.user.scope_path
    context = {
        "entries": rule_book.entries(request.user), "now": clock.now(),
        "may_add": Permission.CONFIGURE in request.user.permissions,
        "changes": change_log.recent(Change.Subject.RULE, path, rule_book.words()),
    }  # fmt: skip
    return render(request, "tickets/rules.html", context)


@require_http_methods(["GET", "POST"])
def rule_add(request: DeskRequest) -> HttpResponse:
    """A new rule."""
    _only(request.user, {Permission.CONFIGURE})
    form = RuleForm(_typed(request), path=request.user.scope_path)
    if form.is_valid():
        with refusals.shown(form):
            rule = rule_keeping.add(wording=_wording(form), by=request.user, at=clock.now())
            return _saved(request, rule)
    return _page(request, form, _("Add a rule"))


@require_http_methods(["GET", "POST"])
def rule(request: DeskRequest, pk: int) -> HttpResponse:
    """Change a rule."""
    found = _rule(request.user, pk)
    form = RuleForm(_typed(request), path=request.user.scope_path, initial=_initial(found))
    if form.is_valid():
        with refusals.shown(form):
            changed = rule_keeping.change(
                rule=found, wording=_wording(form), by=request.user, at=clock.now()
            )
            return _saved(request, changed)
    return _page(request, form, _("Change rule %(n)d") % {"n": found.pk}, found)


@require_POST
def rule_switch(request: DeskRequest, pk: int) -> HttpResponse:
    """Put a rule out of force, or into force again."""
    found = _rule(request.user, pk)
    is_on = request.POST.get("is_on") == "yes"
    rule_keeping.switch(rule=found, is_on=is_on, by=request.user, at=clock.now())
    said = _("Rule %(n)d is in force.") if is_on else _("Rule %(n)d is switched off.")
    messages.success(request, said % {"n": found.pk})
    return redirect("tickets:rules")


@require_safe
def try_out(request: DeskRequest) -> HttpResponse:
    """Where a made-up matter would go, to whom, and why not to the others."""
    _only(request.user, _READERS)
    form = TryForm(request.GET if "kind" in request.GET else None, path=request.user.scope_path)
    context: dict[str, Any] = {"form": form, "now": clock.now()}
    if form.is_valid():
        typed = form.cleaned_data | {"at": form.cleaned_data["at"] or clock.now()}
        context |= {"trial": rule_book.trial(**typed), "at": typed["at"]}
    return render(request, "tickets/try_out.html", context, status=refusals.status(form))


def _only(user: Staff, wanted: set[Permission]) -> None:
    if not wanted & user.permissions:
        raise NotAllowed


def _rule(user: Staff, pk: int) -> RoutingRule:
    """The rule, if the person configures its company."""
    _only(user, {Permission.CONFIGURE})
    rules = RoutingRule.objects.filter(company__path__startswith=user.scope_path)
    found = rules.select_related("company", "unit", "territory").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def _typed(request: DeskRequest) -> Any:
    return request.POST if request.method == "POST" else None


def _wording(form: RuleForm) -> rule_keeping.Wording:
    typed = dict(form.cleaned_data)
    category = typed.pop("category")
    return rule_keeping.Wording(category_code=category.code if category else "", **typed)


def _initial(rule: RoutingRule) -> dict[str, Any]:
    key = {None: "", True: "yes", False: "no"}[rule.is_key_account]
    return {
        "company": rule.company_id, "unit": rule.unit_id, "kind": rule.kind,
        "category": rule.category_code, "territory": rule.territory_id, "is_key_account": key,
        "utility": rule.utility, "skill": rule.skill, "rank": rule.rank,
    }  # fmt: skip


def _saved(request: DeskRequest, rule: RoutingRule) -> HttpResponse:
    messages.success(request, _("Rule %(n)d is saved.") % {"n": rule.pk})
    before = rule_book.always_before(rule)
    if before:
        messages.warning(request, _in_vain(rule.pk, before))
    return redirect("tickets:rules")


def _in_vain(pk: int, before: list[int]) -> str:
    numbers = ", ".join(str(key) for key in before)
    said = _("Rule %(n)d can never win: whatever it fits, these come before it: %(rules)s.")
    return said % {"n": pk, "rules": numbers}


def _page(
    request: DeskRequest, form: RuleForm, title: str, rule: RoutingRule | None = None
) -> HttpResponse:
    before = rule_book.always_before(rule) if rule else []
    context = {
        "form": form, "title": title, "back": reverse("tickets:rules"),
        "warning": _in_vain(rule.pk, before) if rule and before else "",
    }  # fmt: skip
    return render(request, "form_page.html", context, status=refusals.status(form))
