"""The nouns of assignment."""

from assignment.models.change import Change
from assignment.models.duty import Duty
from assignment.models.last_given import LastGiven
from assignment.models.responsibility import Responsibility
from assignment.models.rule import RoutingRule

__all__ = ["Change", "Duty", "LastGiven", "Responsibility", "RoutingRule"]
