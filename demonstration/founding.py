"""Set up the two made-up utilities: units, people, roster, rules, customers (verb)."""

import random
from datetime import datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from assignment.models import Duty, Responsibility, RoutingRule
from customers import registration
from customers.models import Customer, Premises, SupplyAccount
from demonstration import accounts, lives, people
from notifications import quiet, quiet_hours
from organisation import appointments
from organisation.models import Staff, Territory, Unit, UnitLevel
from organisation.roles import Role

_WEEK = timedelta(days=7)
_AHEAD = timedelta(days=30)
_HANDS = {Role.HANDLER, Role.FIELD_WORKER}


def found(*, seed: int, months: int, by: Staff | None, at: datetime) -> None:
    """Everything tickets need around them, as it stood since the first of the months."""
    since = at - timedelta(days=31 * (months + 1))
    units = _units(since)
    staff = _staff(units, since)
    _quiet(staff, since)
    _roster(units, staff, since, at + _AHEAD)
    territories = _territories()
    _rules(units, territories)
    _responsibilities(staff, territories)
    _customers(seed, territories, since)


def _units(at: datetime) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for one in people.UNITS:
        units[one.code] = appointments.establish(
            code=one.code, name_en=one.name_en, name_zh=one.name_zh, level=one.level,
            parent=units.get(one.parent), utility=one.utility, is_handling=one.is_handling,
            by=None, at=at,
        )  # fmt: skip
    return units


def _staff(units: dict[str, Unit], at: datetime) -> dict[str, Staff]:
    staff = {
        one.number: appointments.appoint(
            staff_number=one.number, name_en=one.name_en, name_zh=one.name_zh,
            unit=units[one.unit], roles=list(one.roles), password=None, language=one.language,
            email=f"{one.name_en.replace(' ', '.').lower()}@linjiang.example",
            skills=list(one.skills), by=None, at=at,
        )
        for one in people.PEOPLE
    }  # fmt: skip
    # One hash for all: each costs a twentieth of a second by design.
    numbers = list(staff)
    Staff.objects.filter(staff_number__in=numbers).update(password=make_password(accounts.PASSWORD))
    for number, most in people.MOST_OPEN:
        appointments.limit_open(of=staff[number], most=most, by=None, at=at)
    for holder, deputy in people.DEPUTIES:
        appointments.make_deputy(of=staff[holder], deputy=staff[deputy], by=None, at=at)
    for unit in units.values():
        leader = next((one for one in people.PEOPLE if unit.code in one.leads), None)
        liaison = next((one for one in people.PEOPLE if unit.code in one.speaks_for), leader)
        if leader and liaison:
            appointments.lead(
                unit=unit, leader=staff[leader.number], liaison=staff[liaison.number],
                by=None, at=at,
            )  # fmt: skip
    return staff


def _quiet(staff: dict[str, Staff], at: datetime) -> None:
    """Who hears of reminders in the morning only, or once a day."""
    for number, quiet_from, quiet_to, digest_at in people.QUIET:
        wish = quiet.Wish("Asia/Shanghai", quiet_from, quiet_to, digest_at=digest_at)
        quiet_hours.choose(wish=wish, wants_texts=False, mobile="", by=staff[number], at=at)


def _roster(
    units: dict[str, Unit], staff: dict[str, Staff], since: datetime, until: datetime
) -> None:
    """Hands take weekly turns in their unit, supervisors of the office in their company."""
    turns: list[Duty] = []
    for unit in units.values():
        hands = [one for one in people.PEOPLE if one.unit == unit.code and _HANDS & set(one.roles)]
        turns += _turns(unit, Role.HANDLER, [staff[one.number] for one in hands], since, until)
    office = [staff[one.number] for one in people.PEOPLE if one.unit == "LJP-S"]
    turns += _turns(units["LJP"], Role.SUPERVISOR, office, since, until)
    for company, numbers in people.LEADERS_ON_DUTY:
        leaders = [staff[number] for number in numbers]
        turns += _nights(units[company], leaders, since, until)
    Duty.objects.bulk_create(turns)


def _nights(unit: Unit, leaders: list[Staff], since: datetime, until: datetime) -> list[Duty]:
    """One leader a night, from 17:30 to 8:30, taking turns."""
    first = timezone.localtime(since).replace(hour=17, minute=30, second=0, microsecond=0)
    nights = [first + timedelta(days=n) for n in range((until - since).days)]
    return [
        Duty(
            unit=unit, role=Role.EXECUTIVE, staff=leaders[n % len(leaders)], from_at=night,
            to_at=night + timedelta(hours=15),
        )
        for n, night in enumerate(nights)
    ]  # fmt: skip


def _turns(
    unit: Unit, role: Role, hands: list[Staff], since: datetime, until: datetime
) -> list[Duty]:
    if not hands:
        return []
    weeks = (until - since) // _WEEK + 1
    return [
        Duty(
            unit=unit, role=role, staff=hands[week % len(hands)],
            from_at=since + week * _WEEK, to_at=since + (week + 1) * _WEEK,
        )
        for week in range(weeks)
    ]  # fmt: skip


def _territories() -> dict[str, Territory]:
    rows = [
        Territory(code=code, name_en=name_en, name_zh=name_zh, area_class=area_class)
        for code, name_en, name_zh, area_class in people.TERRITORIES
    ]
    return {row.code: row for row in Territory.objects.bulk_create(rows)}


def _rules(units: dict[str, Unit], territories: dict[str, Territory]) -> None:
    RoutingRule.objects.bulk_create(
        RoutingRule(
            company=units[rule.company], utility=units[rule.company].utility,
            unit=units[rule.unit], kind=rule.kind, category_code=rule.category,
            territory=territories.get(rule.territory), is_key_account=rule.is_key_account,
        )
        for rule in people.rules()
    )  # fmt: skip


def _responsibilities(staff: dict[str, Staff], territories: dict[str, Territory]) -> None:
    Responsibility.objects.bulk_create(
        Responsibility(staff=staff[number], territory=territories[code])
        for code, number in people.RESPONSIBLE
    )


def _customers(seed: int, territories: dict[str, Territory], at: datetime) -> None:
    rng = random.Random(f"accounts {seed}")
    companies = {one.utility: one for one in Unit.objects.filter(level=UnitLevel.COMPANY)}
    for number, one in enumerate(lives.customers(seed)):
        customer = registration.register(
            name=one.name, phone=one.phone, language=one.language, care_note=one.care_note,
            kind=Customer.Kind.FIRM if one.is_firm else Customer.Kind.PERSON,
            email=f"customer{number}@mail.example" if rng.random() < 0.3 else "",
            is_key_account=one.is_key_account, needs_care=bool(one.care_note),
            company=companies[one.utilities[0]], by=None, at=at,
        )  # fmt: skip
        premises = registration.settle_at(
            address=one.address, territory=territories[one.territory], by=None, at=at
        )
        for utility in one.utilities:
            prefix = "33" if utility == "power" else "71"
            registration.open_account(
                number=f"{prefix}{number + 1:08d}", utility=utility, customer=customer,
                premises=premises, company=companies[utility], by=None, at=at,
            )  # fmt: skip


def customers_of(seed: int) -> list[tuple[Customer, Premises, dict[str, SupplyAccount]]]:
    """The made-up customers in their order, with their places and accounts by utility."""
    phones = [one.phone for one in lives.customers(seed)]
    found = Customer.objects.filter(phone__in=phones).prefetch_related(
        "accounts__premises__territory"
    )
    by_phone = {one.phone: one for one in found}
    rows = []
    for phone in phones:
        accounts_of = {one.utility: one for one in by_phone[phone].accounts.all()}
        premises = next(iter(accounts_of.values())).premises
        rows.append((by_phone[phone], premises, accounts_of))
    return rows
