"""Who there is: units, people, posts, whereabouts (人员去向牌) (page)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from organisation.models import Staff, Unit
from servicedesk.lib.htmx import DeskRequest


@require_safe
def people(request: DeskRequest) -> HttpResponse:
    """The tree of the person's own company with everyone in it."""
    units = Unit.objects.below_path(request.user.unit.company_path).with_people()
    return render(request, "organisation/people.html", {"units": units, "presence": Staff.Presence})
