"""The nouns of surveys."""

from surveys.models.answer import Answer, Consequence, Doubt, Independence, Mode, Satisfied, Solved
from surveys.models.attempt import Attempt, Result
from surveys.models.decision import Choice, Decision
from surveys.models.instrument import Instrument
from surveys.models.invitation import Ending, Exclusion, Invitation, Why
from surveys.models.plan import MonthSeed, SamplingPlan
from surveys.models.wrong_token import WrongToken

__all__ = [
    "Answer", "Attempt", "Choice", "Consequence", "Decision", "Doubt", "Ending", "Exclusion",
    "Independence", "Instrument", "Invitation", "Mode", "MonthSeed", "Result", "SamplingPlan",
    "Satisfied", "Solved", "Why", "WrongToken",
]  # fmt: skip
