"""Who is responsible for which territory (责任区), a row per person and territory (page)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assignment import change_log, permissions, territory_keeping
from assignment.forms import TerritoryForm
from assignment.models import Change, Responsibility
from organisation.models import Staff
from organisation.roles import Permission
from servicedesk import refusals
from servicedesk.lib import clock
from servicedesk.lib.errors import NotAllowed, NotVisible
from servicedesk.lib.htmx import DeskRequest


@require_safe
def territories(request: DeskRequest) -> HttpResponse:
    """Every responsibility in one's company, by territory; those given up stand at the end."""
    path = request.user.unit.company_path
    rows = Responsibility.objects.filter(staff__unit__path__startswith=path)
    rows = rows.select_related("territory", "staff__unit").order_by(
        "-is_active", "territory__code", "staff__staff_number"
    )
    context = {
        "rows": rows, "may_give": _may_give(request.user), "now": clock.now(),
        "mine": set(permissions.planned_by(request.user).values_list("pk", flat=True)),
        "changes": change_log.recent(Change.Subject.RESPONSIBILITY, path),
    }  # fmt: skip
    return render(request, "assignment/territories.html", context)


@require_http_methods(["GET", "POST"])
def give(request: DeskRequest) -> HttpResponse:
    """Make a person responsible for a territory."""
    if not _may_give(request.user):
        raise NotAllowed
    user = request.user
    is_administrator = Permission.CONFIGURE in user.permissions
    path = user.scope_path if is_administrator else user.unit.path
    form = TerritoryForm(request.POST if request.method == "POST" else None, path=path)
    if form.is_valid():
        with refusals.shown(form):
            row = territory_keeping.give(by=user, at=clock.now(), **form.cleaned_data)
            said = _("%(name)s now answers for %(place)s.")
            messages.success(request, said % {"name": row.staff.name, "place": row.territory.name})
            return redirect("assignment:territories")
    context = {
        "form": form, "title": _("Give a territory"), "back": reverse("assignment:territories")
    }  # fmt: skip
    return render(request, "form_page.html", context, status=refusals.status(form))


@require_POST
def take(request: DeskRequest, pk: int) -> HttpResponse:
    """End a person's responsibility for a territory."""
    if not _may_give(request.user):
        raise NotAllowed
    rows = Responsibility.objects.select_related("staff__unit", "territory")
    path = request.user.unit.company_path
    found = rows.filter(staff__unit__path__startswith=path, pk=pk).first()
    if found is None:
        raise NotVisible
    territory_keeping.take(responsibility=found, by=request.user, at=clock.now())
    said = _("%(name)s no longer answers for %(place)s.")
    messages.success(request, said % {"name": found.staff.name, "place": found.territory.name})
    return redirect("assignment:territories")


def _may_give(user: Staff) -> bool:
    return bool({Permission.CONFIGURE, Permission.LEAD_UNIT} & user.permissions)
