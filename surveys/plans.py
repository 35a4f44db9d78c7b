"""Which sampling plan and which questionnaire are in force (question)."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.errors import DeskError
from surveys import calling
from surveys.models import Instrument, SamplingPlan


class NothingSetUp(DeskError):
    """No sampling plan or questionnaire is there to ask with."""

    message = _("No questionnaire is set up yet. An administrator has to load one first.")


def in_force() -> SamplingPlan:
    """The newest sampling plan; raises NothingSetUp."""
    plan = SamplingPlan.objects.order_by("-version").first()
    if plan is None:
        raise NothingSetUp
    return plan


def hours(plan: SamplingPlan) -> calling.Hours:
    """The plan's calling hours on the desk's wall clock."""
    return calling.Hours(
        plan.calls_from, plan.calls_until, plan.pause_from, plan.pause_until, zone()
    )


def zone() -> ZoneInfo:
    """The desk's time zone."""
    return ZoneInfo(settings.TIME_ZONE)


def instrument(*, mode: str, kind: str) -> Instrument:
    """The newest questionnaire of the mode that fits the kind, the more special one first; raises
    NothingSetUp."""
    newest = [one for one in Instrument.objects.newest() if one.mode == mode]
    fitting = [one for one in newest if not one.kinds or kind in one.kinds]
    if not fitting:
        raise NothingSetUp
    return min(fitting, key=lambda one: (not one.kinds, one.code))
