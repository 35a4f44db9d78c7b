"""The people every test knows by name, in a company with two branches, and what surrounds them.

`outsider` handles tickets in another unit; `stranger` takes calls for another company. Whoever a
screen or a verb is not for is played by one of these two.
"""

from dataclasses import dataclass
from datetime import datetime

from assignment.models import RoutingRule
from customers import registration
from customers.models import Customer, Premises, SupplyAccount
from organisation import appointments
from organisation import presetting as calendars
from organisation.models import AreaClass, Staff, Territory, Unit, UnitLevel, Utility
from organisation.roles import Role
from tickets import presetting
from tickets.models import Category

PASSWORD = "a-long-test-password"

# attribute, staff number, English, Chinese, role, unit
_PEOPLE = (
    ("clerk", "1001", "Chen Clerk", "陈营业", Role.COUNTER_CLERK, "hall"),
    ("operator", "1002", "Ou Operator", "欧话务", Role.HOTLINE_OPERATOR, "centre"),
    ("handler", "2001", "Han Handler", "韩承办", Role.HANDLER, "unit"),
    ("field_worker", "2002", "Fei Field", "费现场", Role.FIELD_WORKER, "unit"),
    ("leader", "2003", "Lei Leader", "雷班长", Role.UNIT_LEADER, "unit"),
    ("liaison", "2004", "Lian Liaison", "连联络", Role.LIAISON, "unit"),
    ("dispatcher", "3001", "Di Dispatcher", "狄派单", Role.DISPATCHER, "centre"),
    ("reviewer", "3002", "Rui Reviewer", "芮质检", Role.QUALITY_REVIEWER, "quality"),
    ("callback_agent", "3003", "Cai Callback", "蔡回访", Role.CALLBACK_AGENT, "callback_team"),
    ("supervisor", "4001", "Su Supervisor", "苏督办", Role.SUPERVISOR, "company"),
    ("executive", "4002", "Yi Executive", "易领导", Role.EXECUTIVE, "company"),
    ("auditor", "4003", "Ao Auditor", "敖审计", Role.AUDITOR, "company"),
    ("external_supervisor", "4004", "Ai External", "艾监督", Role.EXTERNAL_SUPERVISOR, "company"),
    ("administrator", "4005", "An Administrator", "安管理", Role.ADMINISTRATOR, "company"),
    ("outsider", "2101", "Wai Outsider", "魏外站", Role.HANDLER, "other_unit"),
    ("stranger", "9001", "Mo Stranger", "莫外人", Role.HOTLINE_OPERATOR, "other_company"),
)  # fmt: skip

# attribute, code, English, Chinese, level, parent, whether it handles tickets
_UNITS = (
    ("group", "GRP", "Test Group", "测试集团", UnitLevel.GROUP, None, False),
    ("company", "PWR", "Test Power", "测试供电公司", UnitLevel.COMPANY, "group", False),
    ("branch", "EAST", "East branch", "城东分公司", UnitLevel.BRANCH, "company", False),
    ("other_branch", "WEST", "West branch", "城西分公司", UnitLevel.BRANCH, "company", False),
    ("unit", "EAST-1", "East station", "城东供电所", UnitLevel.STATION, "branch", True),
    ("other_unit", "WEST-1", "West station", "城西供电所", UnitLevel.STATION, "other_branch", True),
    ("hall", "EAST-H", "East counter", "城东营业厅", UnitLevel.TEAM, "branch", False),
    ("centre", "CALL", "Call centre", "客服中心", UnitLevel.STATION, "company", False),
    ("callback_team", "CALL-B", "Callback team", "回访班", UnitLevel.TEAM, "centre", False),
    ("quality", "QUAL", "Quality office", "质检室", UnitLevel.STATION, "company", False),
    ("other_company", "TEL", "Test Telecom", "测试电信公司", UnitLevel.COMPANY, "group", False),
)  # fmt: skip


@dataclass(frozen=True)
class Cast:
    """One person per role, their units, and one customer with a contract."""

    at: datetime
    clerk: Staff
    operator: Staff
    handler: Staff
    field_worker: Staff
    leader: Staff
    liaison: Staff
    dispatcher: Staff
    reviewer: Staff
    callback_agent: Staff
    supervisor: Staff
    executive: Staff
    auditor: Staff
    external_supervisor: Staff
    administrator: Staff
    outsider: Staff
    stranger: Staff
    group: Unit
    company: Unit
    branch: Unit
    other_branch: Unit
    unit: Unit
    other_unit: Unit
    hall: Unit
    centre: Unit
    callback_team: Unit
    quality: Unit
    other_company: Unit
    territory: Territory
    other_territory: Territory
    customer: Customer
    premises: Premises
    account: SupplyAccount

    def everyone(self) -> dict[str, Staff]:
        """Each person by the name of the attribute."""
        return {name: getattr(self, name) for name, *_ in _PEOPLE}

    def category(self, code: str) -> Category:
        """A shipped category."""
        return Category.objects.get(code=code)


def assemble(at: datetime) -> Cast:
    """The cast, with the shipped calendars, categories and limits and a rule for each branch."""
    calendars.load_calendars(by=None, at=at)
    presetting.load(by=None, at=at)
    units = _establish(at)
    people = _appoint(units, at)
    appointments.lead(
        unit=units["unit"], leader=people["leader"], liaison=people["liaison"], by=None, at=at
    )
    territories = _territories()
    for territory, unit in zip(territories, (units["unit"], units["other_unit"]), strict=True):
        RoutingRule.objects.create(
            company=units["company"], utility=Utility.POWER, territory=territory, unit=unit
        )
    customer, premises, account = _customer(territories[0], units["company"], at)
    return Cast(
        at=at, **people, **units, territory=territories[0], other_territory=territories[1],
        customer=customer, premises=premises, account=account,
    )  # fmt: skip


def _establish(at: datetime) -> dict[str, Unit]:
    units: dict[str, Unit] = {}
    for name, code, name_en, name_zh, level, parent, is_handling in _UNITS:
        utility = Utility.TELECOM if name == "other_company" else Utility.POWER
        units[name] = appointments.establish(
            code=code, name_en=name_en, name_zh=name_zh, level=level,
            parent=units[parent] if parent else None, utility=utility, is_handling=is_handling,
            by=None, at=at,
        )  # fmt: skip
    return units


def _appoint(units: dict[str, Unit], at: datetime) -> dict[str, Staff]:
    return {
        name: appointments.appoint(
            staff_number=number, name_en=name_en, name_zh=name_zh, unit=units[unit], roles=[role],
            password=PASSWORD, email=f"{name}@desk.example", by=None, at=at,
        )
        for name, number, name_en, name_zh, role, unit in _PEOPLE
    }  # fmt: skip


def _territories() -> tuple[Territory, Territory]:
    return (
        Territory.objects.create(
            code="east", name_en="East", name_zh="城东片区", area_class=AreaClass.URBAN
        ),
        Territory.objects.create(
            code="west", name_en="West", name_zh="城西片区", area_class=AreaClass.RURAL
        ),
    )


def _customer(
    territory: Territory, company: Unit, at: datetime
) -> tuple[Customer, Premises, SupplyAccount]:
    customer = registration.register(
        name="李测试", phone="13900000001", email="li@customer.example", company=company,
        by=None, at=at,
    )  # fmt: skip
    premises = registration.settle_at(
        address="滨河路88号3栋201室", territory=territory, by=None, at=at
    )
    account = registration.open_account(
        number="3300000001", utility=Utility.POWER, customer=customer, premises=premises,
        company=company, by=None, at=at,
    )  # fmt: skip
    return customer, premises, account
