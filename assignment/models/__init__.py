"""The nouns of assignment."""

from assignment.models.duty import Duty
from assignment.models.rule import RoutingRule

__all__ = ["Duty", "RoutingRule"]
