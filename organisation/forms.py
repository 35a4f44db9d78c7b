"""What is typed about oneself: checked here, saved by the verbs (form)."""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff


class SignInForm(AuthenticationForm):
    """Staff number and password; over-long input is refused before anything is hashed."""

    error_messages = {
        "invalid_login": _("Staff number and password do not belong together."),
        "inactive": _("Staff number and password do not belong together."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Staff number")
        password = self.fields["password"]
        password.max_length = 128  # type: ignore[attr-defined]
        password.validators.append(forms.CharField(max_length=128).validators[0])


class PresenceForm(forms.Form):
    """Where one is."""

    presence = forms.ChoiceField(choices=Staff.Presence.choices)
