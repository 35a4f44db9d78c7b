"""What whoever is called by an escalation says they will do (form)."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.forms.base import DeskForm


class AcknowledgeForm(DeskForm):
    """One sentence, kept in the history of the ticket."""

    note = forms.CharField(
        label=_("What you will do"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("It stands in the history. The reminders stop; the next rung comes all the same."),
    )  # fmt: skip
