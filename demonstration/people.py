"""The made-up units, people, territories and routing rules (sum)."""

from dataclasses import dataclass
from datetime import time

from organisation.models import AreaClass, UnitLevel, Utility
from organisation.roles import Role


@dataclass(frozen=True)
class UnitPlan:
    """A unit to establish; `content` is the share of its customers who end up satisfied."""

    code: str
    name_en: str
    name_zh: str
    level: UnitLevel
    parent: str
    is_handling: bool = False
    utility: str = ""
    content: float = 0.93


@dataclass(frozen=True)
class Person:
    """Somebody to appoint; `leads` and `speaks_for` name the units they lead or are liaison of."""

    number: str
    name_en: str
    name_zh: str
    unit: str
    roles: tuple[Role, ...]
    language: str = "zh-hans"
    leads: tuple[str, ...] = ()
    speaks_for: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """A routing rule of a company; an empty field fits everything."""

    company: str
    unit: str
    kind: str = ""
    category: str = ""
    territory: str = ""
    is_key_account: bool | None = None


L, R = UnitLevel, Role

UNITS = (
    UnitPlan("LJ", "Linjiang Utilities Group", "临江公用事业集团", L.GROUP, ""),
    # An office of its own: whoever sits above every unit is in the chain of whatever is reported.
    UnitPlan("LJ-A", "Group audit office", "集团审计室", L.STATION, "LJ"),
    UnitPlan(
        "LJP", "Linjiang Power", "临江供电公司", L.COMPANY, "LJ", utility=Utility.POWER
    ),
    UnitPlan("LJP-E", "East city branch", "城东供电分公司", L.BRANCH, "LJP"),
    UnitPlan("LJP-E-S", "East city supply station", "城东供电所", L.STATION, "LJP-E", True, content=0.94),
    UnitPlan("LJP-E-R", "East city repair crew", "城东抢修班", L.TEAM, "LJP-E", True, content=0.97),
    UnitPlan("LJP-E-H", "East city counter", "城东营业厅", L.TEAM, "LJP-E"),
    UnitPlan("LJP-W", "West city branch", "城西供电分公司", L.BRANCH, "LJP"),
    UnitPlan("LJP-W-S", "West city supply station", "城西供电所", L.STATION, "LJP-W", True, content=0.87),
    UnitPlan("LJP-W-R", "West city repair crew", "城西抢修班", L.TEAM, "LJP-W", True, content=0.92),
    UnitPlan("LJP-D", "Development zone branch", "开发区供电分公司", L.BRANCH, "LJP"),
    UnitPlan("LJP-D-R", "Development zone repair crew", "开发区抢修班", L.TEAM, "LJP-D", True, content=0.95),
    UnitPlan("LJP-M", "Power marketing department", "供电营销部", L.STATION, "LJP", True, content=0.91),
    UnitPlan("LJP-A", "Discipline office", "供电监察室", L.STATION, "LJP", True, content=0.9),
    UnitPlan("LJP-C", "Customer service centre 95598", "95598客服中心", L.STATION, "LJP"),
    UnitPlan("LJP-C-O", "Hotline team", "话务班", L.TEAM, "LJP-C"),
    UnitPlan("LJP-C-B", "Callback team", "回访班", L.TEAM, "LJP-C"),
    UnitPlan("LJP-Q", "Quality office", "供电质检室", L.STATION, "LJP"),
    UnitPlan("LJP-S", "Supervision office", "供电督办室", L.STATION, "LJP"),
    UnitPlan(
        "LJT", "Linjiang Telecom", "临江电信公司", L.COMPANY, "LJ", utility=Utility.TELECOM
    ),
    UnitPlan("LJT-N", "City branch", "城区电信分局", L.BRANCH, "LJT"),
    UnitPlan("LJT-N-I", "City installation crew", "城区装维班", L.TEAM, "LJT-N", True, content=0.94),
    UnitPlan("LJT-N-H", "City service counter", "城区电信营业厅", L.TEAM, "LJT-N"),
    UnitPlan("LJT-X", "Rural branch", "乡镇电信分局", L.BRANCH, "LJT"),
    UnitPlan("LJT-X-I", "Rural installation crew", "乡镇装维班", L.TEAM, "LJT-X", True, content=0.88),
    UnitPlan("LJT-M", "Telecom customer department", "电信客户部", L.STATION, "LJT", True, content=0.9),
    UnitPlan("LJT-A", "Telecom audit office", "电信监察室", L.STATION, "LJT", True, content=0.9),
    UnitPlan("LJT-C", "Customer service centre 10000", "10000号客服中心", L.STATION, "LJT"),
    UnitPlan("LJT-C-O", "Hotline team 10000", "10000号话务班", L.TEAM, "LJT-C"),
    UnitPlan("LJT-C-B", "Callback team 10000", "10000号回访班", L.TEAM, "LJT-C"),
    UnitPlan("LJT-Q", "Telecom quality office", "电信质检室", L.STATION, "LJT"),
)  # fmt: skip

PEOPLE = (
    Person("admin", "Deng Kai", "邓凯", "LJ", (R.ADMINISTRATOR,)),
    Person("auditor", "Shen Yue", "沈悦", "LJ-A", (R.AUDITOR,)),
    Person("external", "Hou Jianguo", "侯建国", "LJ", (R.EXTERNAL_SUPERVISOR,)),
    Person("executive", "Wang Weimin", "王卫民", "LJP", (R.EXECUTIVE,)),
    Person("supervisor", "Su Min", "苏敏", "LJP-S", (R.SUPERVISOR,)),
    Person("P4002", "Qian Hao", "钱浩", "LJP-S", (R.SUPERVISOR,)),
    Person("reviewer", "Rui Fang", "芮芳", "LJP-Q", (R.QUALITY_REVIEWER,)),
    Person("P3002", "Kong Lin", "孔琳", "LJP-Q", (R.QUALITY_REVIEWER,)),
    Person("operator", "Li Na", "李娜", "LJP-C-O", (R.HOTLINE_OPERATOR,)),
    Person("P1002", "Zhao Qian", "赵倩", "LJP-C-O", (R.HOTLINE_OPERATOR,)),
    Person("P1003", "Emma Wood", "伍艾玛", "LJP-C-O", (R.HOTLINE_OPERATOR,), "en"),
    Person("dispatcher", "Wu Tao", "吴涛", "LJP-C", (R.DISPATCHER,)),
    Person("P1005", "Feng Xue", "冯雪", "LJP-C", (R.DISPATCHER,)),
    Person("callback", "Cai Ting", "蔡婷", "LJP-C-B", (R.CALLBACK_AGENT,)),
    Person("P1007", "Xu Jing", "许静", "LJP-C-B", (R.CALLBACK_AGENT,)),
    Person("clerk", "Chen Yan", "陈燕", "LJP-E-H", (R.COUNTER_CLERK,)),
    Person("P2001", "Ma Jun", "马骏", "LJP-E-S", (R.UNIT_LEADER,), leads=("LJP-E-S",)),
    Person("handler", "Han Lei", "韩磊", "LJP-E-S", (R.HANDLER,), skills=("metering",)),
    Person("P2003", "Tang Ying", "唐颖", "LJP-E-S", (R.HANDLER,)),
    Person("leader", "Lei Gang", "雷刚", "LJP-E-R", (R.UNIT_LEADER,), leads=("LJP-E-R",)),
    Person("liaison", "Lian Bo", "连波", "LJP-E-R", (R.LIAISON,), speaks_for=("LJP-E-R", "LJP-E-S")),
    Person("field", "Fei Yang", "费洋", "LJP-E-R", (R.FIELD_WORKER,), skills=("line",)),
    Person("P2007", "Shi Lei", "石磊", "LJP-E-R", (R.FIELD_WORKER,)),
    Person("P2101", "Hu Bin", "胡斌", "LJP-W-S", (R.UNIT_LEADER, R.HANDLER), leads=("LJP-W-S", "LJP-W-R")),
    Person("P2102", "Jiang Hui", "蒋慧", "LJP-W-S", (R.HANDLER, R.LIAISON), speaks_for=("LJP-W-S", "LJP-W-R")),
    Person("P2103", "Luo Qiang", "罗强", "LJP-W-R", (R.FIELD_WORKER,)),
    Person("P2104", "Peng Fei", "彭飞", "LJP-W-R", (R.FIELD_WORKER,)),
    Person("P2201", "Yu Dong", "于东", "LJP-D-R", (R.UNIT_LEADER, R.FIELD_WORKER), leads=("LJP-D-R",), speaks_for=("LJP-D-R",)),
    Person("P2202", "Bai Xiang", "白翔", "LJP-D-R", (R.FIELD_WORKER,)),
    Person("P2301", "He Juan", "何娟", "LJP-M", (R.UNIT_LEADER, R.HANDLER), leads=("LJP-M",), speaks_for=("LJP-M",)),
    Person("P2302", "Fan Li", "范丽", "LJP-M", (R.HANDLER,)),
    Person("P2401", "Meng Zheng", "孟正", "LJP-A", (R.UNIT_LEADER, R.HANDLER), leads=("LJP-A",), speaks_for=("LJP-A",)),
    Person("T4001", "Xia Guoping", "夏国平", "LJT", (R.EXECUTIVE,)),
    Person("T4002", "Song Jia", "宋佳", "LJT", (R.SUPERVISOR,)),
    Person("T3001", "Du Juan", "杜鹃", "LJT-Q", (R.QUALITY_REVIEWER,)),
    Person("T1001", "Ren Jie", "任洁", "LJT-C-O", (R.HOTLINE_OPERATOR,)),
    Person("T1002", "Jia Nan", "贾楠", "LJT-C-O", (R.HOTLINE_OPERATOR,)),
    Person("T1003", "Tao Ran", "陶然", "LJT-C", (R.DISPATCHER,)),
    Person("T1004", "Lu Dan", "陆丹", "LJT-C-B", (R.CALLBACK_AGENT,)),
    Person("T1005", "Yao Mei", "姚梅", "LJT-N-H", (R.COUNTER_CLERK,)),
    Person("T2001", "Gu Peng", "顾鹏", "LJT-N-I", (R.UNIT_LEADER,), leads=("LJT-N-I",), speaks_for=("LJT-N-I",)),
    Person("T2002", "Mao Jian", "毛健", "LJT-N-I", (R.FIELD_WORKER,), skills=("fibre",)),
    Person("T2003", "Dai Wei", "戴伟", "LJT-N-I", (R.FIELD_WORKER,)),
    Person("T2101", "Zou Liang", "邹亮", "LJT-X-I", (R.UNIT_LEADER, R.FIELD_WORKER), leads=("LJT-X-I",), speaks_for=("LJT-X-I",)),
    Person("T2102", "Wan Li", "万里", "LJT-X-I", (R.FIELD_WORKER,)),
    Person("T2201", "Ge Rong", "葛蓉", "LJT-M", (R.UNIT_LEADER, R.HANDLER), leads=("LJT-M",), speaks_for=("LJT-M",)),
    Person("T2202", "Qi Wen", "戚雯", "LJT-M", (R.HANDLER,)),
    Person("T2301", "Cheng Gong", "程功", "LJT-A", (R.UNIT_LEADER, R.HANDLER), leads=("LJT-A",), speaks_for=("LJT-A",)),
)  # fmt: skip

# Who stands in for whom (AB岗).
DEPUTIES = (
    ("leader", "P2001"), ("P2001", "leader"), ("supervisor", "P4002"), ("P4002", "supervisor"),
    ("reviewer", "P3002"), ("dispatcher", "P1005"), ("handler", "P2003"), ("field", "P2007"),
    ("callback", "P1007"), ("operator", "P1002"), ("P2101", "P2102"), ("T2201", "T2202"),
)  # fmt: skip

# code, English, Chinese, class
TERRITORIES = (
    ("lj-riverside", "Riverside", "滨江片区", AreaClass.URBAN),
    ("lj-oldtown", "Old town", "老城片区", AreaClass.URBAN),
    ("lj-west", "West suburb", "西郊片区", AreaClass.URBAN),
    ("lj-willow", "Willow township", "柳林镇片区", AreaClass.RURAL),
    ("lj-zone", "Development zone", "开发区片区", AreaClass.URBAN),
    ("lj-heights", "Heights village", "高岭村片区", AreaClass.REMOTE),
)

# Who answers for which territory (机线员责任区).
RESPONSIBLE = (
    ("lj-riverside", "field"), ("lj-oldtown", "P2007"), ("lj-west", "P2103"),
    ("lj-willow", "P2104"), ("lj-zone", "P2202"), ("lj-riverside", "T2002"),
    ("lj-oldtown", "T2003"), ("lj-willow", "T2102"),
)  # fmt: skip

# The leaders who take turns on duty out of hours (领导值班带班), by company.
LEADERS_ON_DUTY = (
    ("LJP", ("executive", "supervisor", "P4002")), ("LJT", ("T4001", "T4002"))
)  # fmt: skip

# Open tickets at the most, for those who are still learning.
MOST_OPEN = (("P2003", 25), ("T2003", 25))

# Who hears of reminders when: number, quiet from and to, digest.
QUIET = (
    ("P2003", time(22), time(7), None), ("P2001", None, None, time(8, 30)),
    ("T2003", time(20), time(6), time(7)),
)  # fmt: skip

_POWER_GROUND = (
    ("lj-riverside", "LJP-E-R", "LJP-E-S"), ("lj-oldtown", "LJP-E-R", "LJP-E-S"),
    ("lj-west", "LJP-W-R", "LJP-W-S"), ("lj-willow", "LJP-W-R", "LJP-W-S"),
    ("lj-zone", "LJP-D-R", "LJP-D-R"), ("lj-heights", "LJP-W-R", "LJP-W-S"),
)  # fmt: skip
_TELECOM_GROUND = (
    ("lj-riverside", "LJT-N-I"), ("lj-oldtown", "LJT-N-I"), ("lj-west", "LJT-N-I"),
    ("lj-zone", "LJT-N-I"), ("lj-willow", "LJT-X-I"), ("lj-heights", "LJT-X-I"),
)  # fmt: skip
_OFFICE_KINDS = ("ENQUIRY", "LOOKUP", "OPINION", "SUGGEST", "PRAISE")


def rules() -> list[Rule]:
    """The routing rules of both companies."""
    ground = [
        rule
        for territory, crew, station in _POWER_GROUND
        for rule in (
            Rule("LJP", crew, kind="FAULT", territory=territory),
            Rule("LJP", station, kind="COMPLAINT", territory=territory),
            Rule("LJP", station, kind="REQUEST", territory=territory),
        )
    ]
    lines = [
        Rule("LJT", unit, kind=kind, territory=territory)
        for territory, unit in _TELECOM_GROUND
        for kind in ("FAULT", "REQUEST")
    ]
    return [*ground, *lines, *_office_rules()]


def _office_rules() -> list[Rule]:
    offices = [
        Rule(company, f"{company}-M", kind=kind)
        for company in ("LJP", "LJT")
        for kind in _OFFICE_KINDS
    ]
    # Naming the territory too makes these more specific than the rules of the stations.
    money = [
        Rule("LJP", "LJP-M", category=category, territory=territory)
        for category in ("power-complaint-charge", "power-complaint-reading", "power-request-refund")
        for territory, *_ in TERRITORIES
    ]
    reports = [
        Rule("LJP", "LJP-A", kind="REPORT"), Rule("LJT", "LJT-A", kind="REPORT")
    ]  # fmt: skip
    return [*offices, *money, *reports, Rule("LJT", "LJT-M", kind="COMPLAINT"), *_green_channel()]


def _green_channel() -> list[Rule]:
    """Complaints and requests of key accounts go straight to the customer department (大客户绿色通道);
    their faults stay with the crew of the place, who are nearest."""
    return [
        Rule(company, f"{company}-M", kind=kind, is_key_account=True)
        for company in ("LJP", "LJT")
        for kind in ("COMPLAINT", "REQUEST")
    ]
