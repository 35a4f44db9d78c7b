"""What will happen to each made-up ticket, drawn from a seed before anything is written (sum)."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from demonstration import texts

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CUSTOMERS = 150
_KEYS = UUID("6f1f0a53-9d0b-4c27-8a57-2f3c1c1f6d10")

# Shanghai has had no summer time since 1991; office hours and seasons are told by its wall clock.
_OFFSET = 8 * HOUR
_RECENT_SHARE = 0.14
_RECENT = 5 * DAY

# kind: how many of a thousand
_KINDS = {
    "FAULT": 370, "COMPLAINT": 200, "REQUEST": 160, "ENQUIRY": 110, "LOOKUP": 40, "OPINION": 35,
    "SUGGEST": 30, "PRAISE": 40, "REPORT": 15,
}  # fmt: skip
_ON_THE_SPOT = {"ENQUIRY": 0.55, "LOOKUP": 0.8, "REQUEST": 0.1, "PRAISE": 0.3, "OPINION": 0.2}
_CHANNELS = ("hotline",) * 14 + ("counter",) * 5 + ("web",) * 2 + ("referral", "letter")
# Heat and frost break things; January first.
_SEASON = (1.5, 1.2, 0.9, 0.8, 0.9, 1.2, 1.8, 1.7, 1.0, 0.8, 0.9, 1.3)
_HOURS = (1, 1, 1, 1, 1, 2, 4, 8, 12, 13, 12, 9, 6, 8, 10, 10, 10, 9, 9, 10, 9, 6, 3, 2)
# kind: how many of a thousand leave the straight way, and by which turn
_TURNS = {
    "FAULT": {
        "returned": 25, "returned_twice": 10, "transferred": 20, "unsigned": 15, "suspended": 20,
        "extended": 10, "helped": 30, "helped_late": 12, "promised": 25, "promise_missed": 10,
        "appointment": 45, "appointment_late": 15, "appointment_missed": 12, "follow_up": 20,
        "disputed": 12,
    },
    "COMPLAINT": {
        "returned": 35, "returned_twice": 20, "transferred": 20, "unsigned": 15, "suspended": 20,
        "extended": 45, "helped": 30, "helped_late": 12, "promised": 40, "promise_missed": 15,
        "follow_up": 40, "withdrawn": 30, "reclassified": 35, "annotated": 35, "disputed": 20,
        "found": 130,
    },
    "REQUEST": {
        "returned": 30, "suspended": 60, "extended": 30, "appointment": 90, "appointment_late": 25,
        "appointment_missed": 20, "full_list": 140, "refused": 50, "withdrawn": 25, "promised": 25,
    },
    "OPINION": {"referred": 120, "annotated": 40, "follow_up": 40},
    "ENQUIRY": {"referred": 60, "transferred": 30},
}  # fmt: skip
# How long the way takes on average, by territory, in minutes.
_WAY = {"lj-willow": 65, "lj-heights": 95}


@dataclass(frozen=True)
class CustomerPlan:
    """A made-up customer and where they are supplied."""

    name: str
    phone: str
    address: str
    territory: str
    language: str
    is_firm: bool
    is_key_account: bool
    care_note: str
    utilities: tuple[str, ...]


@dataclass(frozen=True)
class Life:
    """One ticket: what is asked and how long each step takes after the one before it.

    `halts_before` names a step that nobody takes; `mood` and `second_mood` lie between 0 and 1
    and are held against the share of content customers of the unit; `unanswered` counts calls
    that nobody answers; `turn` names what leads it off the straight way.
    """

    index: int
    received_at: datetime
    company: str
    kind: str
    category: str
    language: str
    channel: str
    customer: int
    is_anonymous: bool
    text: str
    result: str
    is_on_the_spot: bool
    dispatch_after: timedelta
    sign_after: timedelta
    contact_after: timedelta
    arrive_after: timedelta
    done_after: timedelta
    review_after: timedelta
    call_after: timedelta
    urge_after: tuple[timedelta, ...]
    is_rejected: bool
    is_reassigned: bool
    is_cancelled: bool
    is_reopened: bool
    unanswered: int
    answers_link: bool
    mood: float
    second_mood: float
    choice: int
    halts_before: str = ""
    turn: str = ""

    @property
    def key(self) -> UUID:
        """The same for the same life however often it is begun, so that it is written once."""
        return uuid5(_KEYS, f"{self.index} {self.received_at.isoformat()}")


def customers(seed: int) -> list[CustomerPlan]:
    """The same hundred and fifty customers for the same seed."""
    rng = random.Random(f"customers {seed}")
    return [_customer(rng, number) for number in range(CUSTOMERS)]


def plan(*, seed: int, how_many: int, months: int, until: datetime) -> list[Life]:
    """So many lives, oldest first, the last of them under way at `until`."""
    rng = random.Random(f"lives {seed}")
    people = customers(seed)
    special = _SPECIAL[: max(0, how_many // 4)]
    instants = _instants(rng, how_many - len(special), months, until)
    drawn = [_life(rng, at, people) for at in instants]
    drawn += [_special(rng, one, until, people) for one in special]
    drawn.sort(key=lambda life: life.received_at)
    return [
        replace(life, index=index, turn=_turn(random.Random(f"turn {seed} {index}"), life))
        for index, life in enumerate(drawn)
    ]


def in_office(at: datetime) -> datetime:
    """The instant itself in office hours, else a while after the next opening."""
    local = at + _OFFSET
    if local.weekday() < 5 and 9 <= local.hour < 17:
        return at
    day = local.replace(hour=9, minute=local.minute, second=local.second)
    if local.hour >= 17:
        day += DAY
    while day.weekday() >= 5:
        day += DAY
    return day - _OFFSET


def in_service(at: datetime) -> datetime:
    """The instant itself by day, weekends too, else a while after the next morning's opening."""
    local = at + _OFFSET
    if 8 <= local.hour < 19:
        return at
    day = local.replace(hour=8, minute=local.minute, second=local.second)
    return (day + DAY if local.hour >= 19 else day) - _OFFSET


def _customer(rng: random.Random, number: int) -> CustomerPlan:
    territory = rng.choice(tuple(texts.STREETS))
    address = f"{rng.choice(texts.STREETS[territory])}{rng.randint(1, 288)}号"
    is_firm, is_foreign = number % 12 == 5, number % 13 == 7
    if is_firm:
        name = texts.FIRMS[number // 12 % len(texts.FIRMS)]
    elif is_foreign:
        name = texts.FOREIGN_NAMES[number // 13 % len(texts.FOREIGN_NAMES)]
    else:
        name = rng.choice(texts.FAMILY_NAMES) + rng.choice(texts.GIVEN_NAMES)
    if not is_firm:
        address += f"{rng.randint(1, 18)}栋{rng.randint(1, 24)}0{rng.randint(1, 4)}室"
    return CustomerPlan(
        name=name, phone=f"1390000{number + 1000:04d}", address=address, territory=territory,
        language="en" if is_foreign and not is_firm else "zh-hans", is_firm=is_firm,
        is_key_account=is_firm and number % 24 == 5,
        care_note=rng.choice(texts.CARE_NOTES) if not is_firm and rng.random() < 0.08 else "",
        utilities=rng.choice((("power",), ("telecom",), ("power", "telecom"))),
    )  # fmt: skip


def _instants(rng: random.Random, how_many: int, months: int, until: datetime) -> list[datetime]:
    """Seasonal over the months, denser over the last days, by day more than by night."""
    recent = round(how_many * _RECENT_SHARE)
    first = until - timedelta(days=round(months * 30.4))
    days = max(1, (until - _RECENT - first) // DAY)
    weights = [_SEASON[(first + day * DAY).month - 1] for day in range(days)]
    picked = rng.choices(range(days), weights, k=how_many - recent)
    instants = [_time_of_day(rng, first + day * DAY) for day in picked]
    for _ in range(recent):
        # The square brings more of them close to the present.
        instants.append(until - _RECENT * rng.random() ** 2 - rng.uniform(1, 9) * MINUTE)
    return sorted(instants)


def _time_of_day(rng: random.Random, day: datetime) -> datetime:
    hour = rng.choices(range(24), _HOURS)[0]
    local = (day + _OFFSET).replace(hour=hour, minute=rng.randrange(60), second=rng.randrange(60))
    return local - _OFFSET


def _life(rng: random.Random, at: datetime, people: Sequence[CustomerPlan]) -> Life:
    kind = rng.choices(tuple(_KINDS), tuple(_KINDS.values()))[0]
    company = "LJP" if rng.random() < 0.64 else "LJT"
    category = rng.choice(_categories(company, kind))
    return _without_return(_with_times(rng, at, company, kind, category, people))


def _categories(company: str, kind: str) -> list[str]:
    prefix = "power" if company == "LJP" else "telecom"
    wanted = f"{prefix}-{kind.lower()}"
    return [code for code in texts.MATTERS if code.startswith(wanted)]


def _with_times(
    rng: random.Random, at: datetime, company: str, kind: str, category: str,
    people: Sequence[CustomerPlan],
) -> Life:
    number = rng.randrange(len(people))
    person = people[number]
    is_fault, is_late = kind == "FAULT", rng.random() < 0.06
    is_telecom_fault = is_fault and company == "LJT"
    work = 9 * HOUR if is_telecom_fault else 70 * MINUTE if is_fault else 26 * HOUR
    return Life(
        index=0, received_at=at, company=company, kind=kind, category=category,
        language=person.language, channel=rng.choice(_CHANNELS), customer=number,
        is_anonymous=kind == "REPORT" and rng.random() < 0.5,
        text=_text(rng, category, person), result=_said(rng, texts.RESULTS[kind], person.language),
        is_on_the_spot=rng.random() < _ON_THE_SPOT.get(kind, 0),
        dispatch_after=_about(rng, 5 * MINUTE, 0.6),
        sign_after=_about(rng, (4 if is_fault else 30) * MINUTE, 0.7),
        contact_after=_about(rng, (10 * MINUTE if is_fault else 2 * HOUR), 0.8),
        arrive_after=_about(rng, _WAY.get(person.territory, 22) * MINUTE, 0.35),
        done_after=_about(rng, work, 0.55) * (4 if is_late else 1),
        review_after=_about(rng, 100 * MINUTE, 0.7), call_after=_about(rng, 3 * HOUR, 0.8),
        urge_after=_urges(rng, kind), is_rejected=rng.random() < 0.07,
        is_reassigned=rng.random() < 0.05, is_cancelled=rng.random() < 0.012,
        is_reopened=rng.random() < 0.025,
        unanswered=rng.choices((0, 1, 2, 3), (62, 20, 10, 8))[0],
        answers_link=rng.random() < 0.34, mood=rng.random(), second_mood=rng.random(),
        choice=rng.randrange(1000),
    )  # fmt: skip


def _without_return(life: Life) -> Life:
    """A matter answered at once does not come back: nobody at the front desk works on tickets."""
    return replace(life, is_reopened=False, mood=life.mood * 0.8) if life.is_on_the_spot else life


def _turn(rng: random.Random, life: Life) -> str:
    """What leads this life off the straight way; mostly nothing."""
    if life.is_on_the_spot or life.is_anonymous or life.halts_before or life.is_cancelled:
        return ""
    shares = _TURNS.get(life.kind, {})
    names = ["", *shares]
    weights = [1000 - sum(shares.values()), *shares.values()]
    return rng.choices(names, weights)[0]


def _about(rng: random.Random, median: timedelta, spread: float) -> timedelta:
    return timedelta(seconds=round(median.total_seconds() * rng.lognormvariate(0, spread)))


def _urges(rng: random.Random, kind: str) -> tuple[timedelta, ...]:
    if rng.random() > (0.12 if kind in {"FAULT", "COMPLAINT"} else 0.04):
        return ()
    first = _about(rng, 3 * HOUR if kind == "FAULT" else 30 * HOUR, 0.5)
    return (first, first * 2) if rng.random() < 0.3 else (first,)


def _text(rng: random.Random, category: str, person: CustomerPlan) -> str:
    said = _said(rng, texts.MATTERS[category], person.language)
    return said.format(
        place=person.address, days=rng.randint(2, 9), hour=rng.randint(8, 22),
        amount=rng.randint(20, 680), minutes=rng.choice((25, 40, 70, 90, 120)),
    )  # fmt: skip


def _said(rng: random.Random, pairs: Sequence[tuple[str, str]], language: str) -> str:
    chinese, english = rng.choice(pairs)
    return english if language == "en" and english else chinese


# Under way when somebody looks: company, kind, category, received so long ago, the step not taken.
_SPECIAL: tuple[tuple[str, str, str, timedelta, str], ...] = (
    ("LJP", "FAULT", "power-fault-one", 58 * MINUTE, "arrive"),
    ("LJP", "COMPLAINT", "power-complaint-late-crew", 1437 * MINUTE, "contact"),
    ("LJP", "COMPLAINT", "power-complaint-frequent", 8 * DAY, "done"),
    ("LJP", "FAULT", "power-fault-low-voltage", 17 * MINUTE, "dispatch"),
    ("LJP", "FAULT", "power-fault-several", 16 * MINUTE, "sign"),
    ("LJP", "FAULT", "power-fault-danger", 12 * MINUTE, "arrive"),
    ("LJT", "FAULT", "telecom-fault-broadband", 2877 * MINUTE, "done"),
    ("LJP", "COMPLAINT", "power-complaint-staff", 30 * HOUR, "contact"),
    ("LJP", "REQUEST", "power-request-meter-test", 3 * DAY, "review"),
    ("LJT", "COMPLAINT", "telecom-complaint-billing", 13 * DAY, "done"),
    ("LJP", "FAULT", "power-fault-meter", 95 * MINUTE, "done"),
    ("LJP", "REPORT", "power-report-theft", 4 * DAY, "done"),
    ("LJT", "REQUEST", "telecom-request-install", 26 * HOUR, "sign"),
    ("LJT", "FAULT", "telecom-fault-cable", 5 * HOUR, "done"),
    ("LJP", "ENQUIRY", "power-enquiry-procedure", 2 * HOUR, "sign"),
    ("LJP", "COMPLAINT", "power-complaint-staff", 3 * DAY, "call"),
    ("LJP", "COMPLAINT", "power-complaint-frequent", 4 * DAY, "call"),
    ("LJT", "COMPLAINT", "telecom-complaint-billing", 3 * DAY, "call"),
)  # fmt: skip


def _special(
    rng: random.Random, one: tuple[str, str, str, timedelta, str], until: datetime,
    people: Sequence[CustomerPlan],
) -> Life:
    company, kind, category, age, step = one
    urban = [person for person in people if person.territory not in _WAY]
    life = _with_times(rng, until - age, company, kind, category, urban)
    return replace(
        life, customer=people.index(urban[life.customer]), is_anonymous=False,
        is_on_the_spot=False, is_cancelled=False, is_rejected=False, is_reassigned=False,
        channel="hotline", dispatch_after=2 * MINUTE, sign_after=4 * MINUTE,
        contact_after=20 * MINUTE, arrive_after=24 * MINUTE, done_after=25 * MINUTE,
        halts_before=step,
    )  # fmt: skip
