"""The one family of errors that people see: a verb refuses by raising one of them.

A verb's file names each reason it may refuse for:

    class AlreadyClosed(DeskError):
        '''The ticket is closed; open it again first.'''

        message = _("Closed tickets cannot be chased. Reopen it first.")

Raise it bare, or with the details that `message` names: `raise KeyReused(number="20261121-0007-3")`
for `_("Already logged as %(number)s.")`. A message says what happened, what was kept and what to
do next. `http_status` is 409 (the state of things forbids it) unless the class says otherwise;
`field` names the form field the message belongs beside, when there is one. Pages show it by
`servicedesk.refusals`; machines read `code`.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class DeskError(Exception):
    """The desk refused, for a reason that it can name."""

    message: str | Promise = _("This was not done. Nothing was changed.")
    code = "refused"
    http_status = 409
    field: str | None = None

    def __init_subclass__(cls) -> None:
        """Each error's code is its name in small letters: AlreadyClosed -> already_closed."""
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, **details: object) -> None:
        super().__init__()
        self.details = details
        if details:
            self.message = str(self.message) % details

    def __str__(self) -> str:
        return str(self.message)


class NotVisible(DeskError):
    """The thing does not exist, or not for this person; both look exactly the same."""

    message = _("Not found.")
    http_status = 404


class NotAllowed(DeskError):
    """The person's roles do not include this act."""

    message = _("Your role does not include this. Nothing was changed.")
    http_status = 403
