"""Kinds of matter, channels and outcomes: stable codes (domain §2a) (sum)."""

from django.db.models import IntegerChoices, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Kind(TextChoices):
    FAULT = "FAULT", _("Fault")
    COMPLAINT = "COMPLAINT", _("Complaint")
    REPORT = "REPORT", _("Confidential report")
    OPINION = "OPINION", _("Concern")
    SUGGEST = "SUGGEST", _("Suggestion")
    PRAISE = "PRAISE", _("Compliment")
    REQUEST = "REQUEST", _("Service request")
    ENQUIRY = "ENQUIRY", _("Enquiry")
    LOOKUP = "LOOKUP", _("Look-up")
    INSPECT = "INSPECT", _("Inspection finding")
    INCIDENT = "INCIDENT", _("Incident")


# What a clerk may log with a customer in front of them; the other two come from inside.
FROM_CUSTOMERS = tuple(k for k in Kind if k not in {Kind.INSPECT, Kind.INCIDENT})

# Settled without sending anyone: a fault or a complaint needs hands and an independent look.
ON_THE_SPOT = frozenset(
    {Kind.REQUEST, Kind.ENQUIRY, Kind.LOOKUP, Kind.PRAISE, Kind.SUGGEST, Kind.OPINION}
)


# How much weight a kind has; a change to a lighter one is a downgrade (降级) and is listed. No source
# ranks them: this is the order by how much a wrong filing hides (domain §3b re-classify, §6 row 9).
WEIGHT = {
    Kind.REPORT: 7, Kind.COMPLAINT: 7, Kind.FAULT: 6, Kind.OPINION: 5, Kind.REQUEST: 4,
    Kind.SUGGEST: 3, Kind.ENQUIRY: 2, Kind.LOOKUP: 1, Kind.PRAISE: 0,
}  # fmt: skip


def is_downgrade(old: str, new: str) -> bool:
    """Whether the new kind is a lighter one; kinds that come from inside have no weight."""
    return Kind(old) in WEIGHT and Kind(new) in WEIGHT and WEIGHT[Kind(new)] < WEIGHT[Kind(old)]


class Channel(TextChoices):
    COUNTER = "counter", _("Counter")
    HOTLINE = "hotline", _("Hotline")
    WEB = "web", _("Web")
    LETTER = "letter", _("Letter")
    REFERRAL = "referral", _("Referred to us")
    VIA_12345 = "via12345", _("Referred by 12345")
    VIA_12398 = "via12398", _("Referred by 12398")
    EXECUTIVE = "executive", _("Executive hotline")
    RECEPTION_DAY = "reception", _("Leaders’ reception day")
    BYPASS = "bypass", _("Complaint to a higher level")
    OTHER = "other", _("Other channel")


# What another body passed on to us: the government hotline and the regulator of energy have limits
# of their own (domain §2c).
REFERRED = frozenset({Channel.REFERRAL, Channel.VIA_12345, Channel.VIA_12398})


class Priority(TextChoices):
    NORMAL = "normal", _("Normal")
    URGENT = "urgent", _("Urgent")
    EMERGENCY = "emergency", _("Emergency")


class Level(IntegerChoices):
    """How grave a matter is (domain §2a): raised by rule, lowered by a named person only."""

    SPECIAL = 1, pgettext_lazy("level", "Special")
    MAJOR = 2, pgettext_lazy("level", "Major")
    IMPORTANT = 3, pgettext_lazy("level", "Important")
    GENERAL = 4, pgettext_lazy("level", "General")


class CustomerClass(TextChoices):
    """Sorts of customers that limits may be set for; one customer may be of several. Everybody who
    is no key account is ordinary, those who are not on file too."""

    VULNERABLE = "vulnerable", _("In need of care")
    KEY_ACCOUNT = "key_account", _("Key account")
    ORDINARY = "ordinary", pgettext_lazy("customer", "No key account")
    FIRM = "firm", _("Firm")
    PERSON = "person", _("Person")


class Outcome(TextChoices):
    DONE = "done", pgettext_lazy("outcome", "Done")
    ON_THE_SPOT = "on_the_spot", _("Resolved on the spot")
    REFUSED = "refused", _("Refused with reasons")
    REFERRED = "referred", _("Referred outside")
    WITHDRAWN = "withdrawn", _("Withdrawn by the customer")
    FINAL_ANSWER = "final_answer", _("Final response")


class Means(TextChoices):
    PHONE = "phone", _("Telephone")
    VISIT = "visit", _("In person")
    MESSAGE = "message", _("Message")


class GivenBy(TextChoices):
    """How the customer gets the full list (一次性告知)."""

    PRINT = "print", _("Printed and handed over")
    MESSAGE = "message", _("Text message")
    PHONE = "phone", _("Read out on the telephone")


class Untold(TextChoices):
    """Facts that stand for the tracker's word that the customer was told."""

    UNREACHABLE = "unreachable", _("Could not be reached in the callback")
    DECLINED = "declined", _("Did not want to talk in the callback")
    BEFORE = "before", _("Closed before the desk asked for this")


class ClockName(TextChoices):
    DISPATCH = "dispatch", _("Dispatch")
    SIGN = "sign", _("Sign for it")
    FIRST_CONTACT = "first_contact", _("First contact")
    ARRIVE = "arrive", _("Arrive")
    RESTORE = "restore", _("Restore")
    REPLY = "reply", _("Reply")
    REVIEW = "review", _("Review")
    CALLBACK = "callback", _("Callback")
    TOTAL = "total", _("Total time")
    DWELL = "dwell", pgettext_lazy("clock", "Stay in stage")


class ReturnReason(TextChoices):
    """Why a unit gives a ticket back to the dispatchers (退单原因)."""

    OTHER_AREA = "other_area", _("Outside the unit’s area")
    OTHER_DUTY = "other_duty", _("Another unit’s duty")
    WRONG_CATEGORY = "wrong_category", _("Wrong category")
    NEEDS_OTHERS = "needs_others", _("Cannot be done without another unit first")
    OUTSIDE_COMPANY = "outside", _("Not a matter of the company")


class SuspensionReason(TextChoices):
    """Why a ticket may rest for a while (挂起原因); nothing else holds its internal clocks."""

    CUSTOMER_ASKED = "customer_asked", _("The customer asked for it")
    NO_ACCESS = "no_access", _("No access to the place")
    PERMIT = "permit", _("A third party’s permit is awaited")
    WEATHER = "weather", _("Weather")
    PARTS = "parts", _("Parts are awaited")
