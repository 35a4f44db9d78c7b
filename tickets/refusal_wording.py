"""The words of a refusal, in the customer's language (question)."""

from django.utils import translation
from django.utils.translation import gettext


def reply(language: str, reason: str, basis: str) -> str:
    """What the customer is told, in the customer's language."""
    with translation.override(language):
        told = gettext(
            "We cannot do what you asked. Reason: %(reason)s Basis: %(basis)s If you disagree, ask"
            " for a review: somebody else will look at it afresh."
        )
    return told % {"reason": _sentence(reason, language), "basis": _sentence(basis, language)}


def _sentence(said: str, language: str) -> str:
    """The words with a full stop, so that what follows begins a sentence of its own."""
    text = said.strip()
    stop = "。" if language.startswith("zh") else "."
    return text if text[-1] in ".。!！?？" else text + stop
