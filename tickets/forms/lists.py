"""What a list is narrowed by (form)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from organisation.models import Utility
from tickets import kinds
from tickets.models.ticket import TicketQuerySet
from tickets.states import State

_ANY = [("", _("All"))]


class FilterForm(forms.Form):
    """What a list is narrowed to; lives in the address."""

    q = forms.CharField(required=False, max_length=200, label=_("Words, number or phone"))
    state = forms.ChoiceField(
        required=False, choices=[*_ANY, *State.choices], label=_("State")
    )
    kind = forms.ChoiceField(required=False, choices=[*_ANY, *kinds.Kind.choices], label=_("Kind"))
    utility = forms.ChoiceField(
        required=False, choices=[*_ANY, *Utility.choices], label=_("Service line")
    )

    def narrow(self, tickets: TicketQuerySet) -> TicketQuerySet:
        """The tickets that fit every chosen filter."""
        chosen = {
            name: self.cleaned_data[name]
            for name in ("state", "kind", "utility")
            if self.cleaned_data[name]
        }
        return tickets.filter(**chosen)
