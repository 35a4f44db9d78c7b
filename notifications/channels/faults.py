"""Why a message did not leave, and what that means for its neighbours (ledger)."""

import smtplib

from notifications.channels.http import Forbidden, NoAnswer, NotReachable


class Refused(Exception):
    """The other side answered, and will never take this message."""


class OutOfOrder(Exception):
    """The other side answered that it cannot take anything now."""


def is_outage(error: Exception) -> bool:
    """Whether the other side is out of order, as against one message that it will not take."""
    if isinstance(error, Refused | Forbidden | smtplib.SMTPRecipientsRefused):
        return False
    if isinstance(error, smtplib.SMTPResponseException):
        # 421 is "I am closing"; what is said of one mail is no outage.
        return error.smtp_code == 421 or isinstance(
            error, smtplib.SMTPConnectError | smtplib.SMTPAuthenticationError
        )
    return isinstance(error, OSError | OutOfOrder)


def is_final(error: Exception) -> bool:
    """Whether another try would end the same way."""
    return isinstance(error, Refused)


def is_doubtful(error: Exception) -> bool:
    """Whether the message may have been taken although nobody said so."""
    return isinstance(error, NoAnswer)


def explain(error: Exception) -> str:
    """The reason in one line for the list of messages that were given up."""
    if isinstance(error, Refused | OutOfOrder | Forbidden | NotReachable | NoAnswer):
        return str(error)[:500]
    return f"{type(error).__name__}: {error}"[:500]
