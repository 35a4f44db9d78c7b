"""The nouns of tickets."""

from tickets.models.annotation import Annotation
from tickets.models.appointment import Appointment
from tickets.models.approval import Approval
from tickets.models.category import Category
from tickets.models.checklist import Checklist, FullList
from tickets.models.clock import Clock
from tickets.models.deadline import Deadline
from tickets.models.dispute import Dispute
from tickets.models.escalation import Escalation
from tickets.models.event import Event
from tickets.models.finding import Appeal, Finding, Responsible
from tickets.models.hand_over import HandOver, HandOverItem
from tickets.models.holding import Holding
from tickets.models.housekeeping import Housekeeping
from tickets.models.idempotency import Idempotency
from tickets.models.link import Link
from tickets.models.lookup_try import LookupTry
from tickets.models.named_reader import NamedReader
from tickets.models.numbering import DayCounter
from tickets.models.outside_body import OutsideBody
from tickets.models.policy import Ladder, Limit, Policy, Rung
from tickets.models.reading import Reading
from tickets.models.referral import Referral
from tickets.models.special_period import SpecialPeriod
from tickets.models.supervision import Supervision
from tickets.models.task import Task, TaskKind
from tickets.models.ticket import Ticket

__all__ = [
    "Annotation", "Appeal", "Appointment", "Approval", "Category", "Checklist", "Clock",
    "DayCounter", "Deadline", "Dispute", "Escalation", "Event", "Finding", "FullList", "HandOver",
    "HandOverItem", "Holding", "Housekeeping", "Idempotency", "Ladder", "Limit", "Link",
    "LookupTry", "NamedReader", "OutsideBody", "Policy", "Reading", "Referral", "Responsible", "Rung",
    "SpecialPeriod", "Supervision", "Task", "TaskKind", "Ticket",
]  # fmt: skip
