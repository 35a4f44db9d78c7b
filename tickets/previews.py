"""What a matter would become if it were logged now: unit, person-to-be, promise (question)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from assignment import routing
from customers.models import SupplyAccount
from organisation.models import Staff, Unit, Utility
from tickets import deadlines, gravity, matters, policies, prospects
from tickets.kinds import Kind
from tickets.models import Policy, Ticket
from tickets.states import Happening


@dataclass(frozen=True)
class Preview:
    """Where the matter would go, to whom, why, and by when it would be due."""

    route: routing.Route | None
    policy: Policy | None
    clocks: tuple[deadlines.PlannedClock, ...]
    prospect: prospects.Prospect | None = None


def utilities(user: Staff) -> list[str]:
    """The service lines of the person's company."""
    below = Unit.objects.filter(path__startswith=user.unit.company_path).exclude(utility="")
    return sorted(set(below.values_list("utility", flat=True))) or list(Utility.values)


def of_customers(customer_ids: list[int], user: Staff) -> dict[int, list[Ticket]]:
    """The newest tickets of each customer that the person may see, at most five each."""
    visible = Ticket.objects.visible_to(user).that_name_no_informant()
    theirs = visible.filter(customer__in=customer_ids).for_worklist()
    newest = theirs.order_by("-id")[: 5 * max(1, len(customer_ids))]
    grouped: dict[int, list[Ticket]] = {}
    for ticket in newest:
        grouped.setdefault(ticket.customer_id or 0, []).append(ticket)
    return grouped


def promise(typed: dict[str, Any], *, by: Staff, at: datetime) -> Preview | None:
    """The preview of a half-typed form; None until it has a kind and a category."""
    if not typed.get("category") or not typed.get("kind"):
        return None
    draft = _draft(typed, by)
    draft.level = gravity.judge(matters.known(draft))[0]
    policy = policies.choose(ticket=draft, at=at)
    clocks: tuple[deadlines.PlannedClock, ...] = ()
    if policy is not None:
        draft.calendar_versions = policies.newest_calendars(draft.scope_path)
        received = (deadlines.EventFact(code=Happening.RECEIVED, at=at),)
        calendars = policies.calendars_of(draft)
        clocks = deadlines.plan(policies.rules(policy.pk), calendars, received)
    route = routing.route(matters.of(draft))
    prospect = None
    if route is not None and draft.kind != Kind.REPORT:
        prospect = prospects.of(route.unit, prospects.wanted_of(draft, route.skill), at)
    return Preview(route, policy, clocks, prospect)


def _draft(typed: dict[str, Any], by: Staff) -> Ticket:
    """An unsaved ticket with what the choice of a policy looks at."""
    accounts = SupplyAccount.objects.known_to(by).select_related("customer", "premises__territory")
    account = accounts.filter(pk=typed.get("account") or 0).first()
    territory = typed.get("territory") or (account.premises.territory if account else None)
    return Ticket(
        kind=typed["kind"], category=typed["category"], utility=typed["category"].utility,
        text=typed.get("text") or "", channel=typed.get("channel", ""),
        customer=account.customer if account else None, territory=territory,
        scope_path=by.unit.company_path,
        wished_handler=typed.get("wished") or None,
    )  # fmt: skip
