"""Why a message did not leave, and what that means for its neighbours (ledger)."""

import smtplib

from notifications.channels.http import Forbidden, NoAnswer, NotReachable
from notifications.models import Trouble


class Refused(Exception):
    """The other side answered, and will never take this message."""


class SwitchedOff(Refused):
    """The receiver does not want to hear anything now."""


class OutOfOrder(Exception):
    """The other side answered that it cannot take anything now."""


_IN_WORDS = (Refused, OutOfOrder, Forbidden, NotReachable, NoAnswer)


def is_outage(error: Exception) -> bool:
    """Whether the other side is out of order, as against one message that it will not take."""
    return isinstance(error, OSError | OutOfOrder) and trouble_of(error) in {
        Trouble.NO_WAY, Trouble.NO_ANSWER, Trouble.BUSY, Trouble.SIGN_IN,
    }  # fmt: skip


def is_final(error: Exception) -> bool:
    """Whether another try would end the same way."""
    return trouble_of(error) in {Trouble.REFUSED, Trouble.SWITCHED_OFF, Trouble.NO_RECIPIENT}


def is_doubtful(error: Exception) -> bool:
    """Whether the message may have been taken although nobody said so."""
    return isinstance(error, NoAnswer)


def trouble_of(error: Exception) -> Trouble:
    """The reason as a code."""
    for kind, trouble in _KINDS:
        if isinstance(error, kind):
            return trouble
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _said in error.recipients.values()]
        return Trouble.NO_RECIPIENT if min(codes, default=0) >= 500 else Trouble.BUSY
    if isinstance(error, smtplib.SMTPResponseException):
        return Trouble.REFUSED if error.smtp_code >= 500 else Trouble.BUSY
    return Trouble.NO_WAY if isinstance(error, OSError) else Trouble.UNWRITABLE


def explain(error: Exception) -> str:
    """What was said, in one line."""
    if isinstance(error, _IN_WORDS):
        return str(error)[:500]
    return f"{type(error).__name__}: {error}"[:500]


# In this order: the first that fits.
_KINDS: tuple[tuple[type[Exception], Trouble], ...] = (
    (SwitchedOff, Trouble.SWITCHED_OFF),
    (Refused, Trouble.REFUSED),
    (Forbidden, Trouble.INSIDE),
    (OutOfOrder, Trouble.BUSY),
    (NoAnswer, Trouble.NO_ANSWER),
    (TimeoutError, Trouble.NO_ANSWER),
    (smtplib.SMTPServerDisconnected, Trouble.NO_ANSWER),
    (smtplib.SMTPAuthenticationError, Trouble.SIGN_IN),
    (smtplib.SMTPConnectError, Trouble.NO_WAY),
    (smtplib.SMTPHeloError, Trouble.NO_WAY),
)
