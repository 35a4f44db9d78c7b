"""What is typed about a receiver of events: checked here, saved by the verbs (form)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from servicedesk.lib.desk_form import DeskForm
from tickets.states import Happening

_COMMON = (
    Happening.RECEIVED, Happening.DISPATCHED, Happening.SIGNED, Happening.CONTACTED,
    Happening.ARRIVED, Happening.DONE, Happening.CLOSED, Happening.REOPENED, Happening.CANCELLED,
    Happening.WITHDRAWN, Happening.URGED, Happening.REMINDED, Happening.OVERDUE,
    Happening.ESCALATED,
)  # fmt: skip
# Of the desk's own book-keeping, or of who may see what: nothing for the outside.
_NEVER = (
    Happening.NUMBER_SHOWN, Happening.READER_NAMED, Happening.READER_DISMISSED,
    Happening.ACCUSED_NAMED, Happening.IMPORTED, Happening.AMENDED,
)  # fmt: skip


def _choices(codes: tuple[Happening, ...]) -> list[tuple[str, str]]:
    return [(str(one.value), str(one.label)) for one in codes]


def events() -> list[tuple[str, list[tuple[str, str]]]]:
    """Codes and words of what can be chosen, what most want before the rest."""
    others = tuple(one for one in Happening if one not in (*_COMMON, *_NEVER))
    return [
        (str(_("What most receivers want")), _choices(_COMMON)),
        (str(_("Everything else")), _choices(others)),
    ]


class WebhookForm(DeskForm):
    """Where events go, and which."""

    name = forms.CharField(
        label=_("Name of the receiver"), max_length=80, help_text=_("For example: ERP")
    )
    url = forms.CharField(
        label=_("Address"), max_length=300, widget=forms.URLInput,
        help_text=_("https; no address inside the house unless it was allowed."),
    )  # fmt: skip
    events = forms.MultipleChoiceField(
        label=_("Events"), choices=events, widget=forms.CheckboxSelectMultiple
    )
