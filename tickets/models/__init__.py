"""The nouns of tickets."""

from tickets.models.category import Category
from tickets.models.clock import Clock
from tickets.models.deadline import Deadline
from tickets.models.event import Event
from tickets.models.holding import Holding
from tickets.models.housekeeping import Housekeeping
from tickets.models.idempotency import Idempotency
from tickets.models.lookup_try import LookupTry
from tickets.models.numbering import DayCounter
from tickets.models.policy import Ladder, Limit, Policy, Rung
from tickets.models.ticket import Ticket

__all__ = [
    "Category", "Clock", "DayCounter", "Deadline", "Event", "Holding", "Housekeeping",
    "Idempotency", "Ladder", "Limit", "LookupTry", "Policy", "Rung", "Ticket",
]  # fmt: skip
