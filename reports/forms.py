"""Forms of the reports: they check what was typed and save nothing (form)."""

from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _


class ThresholdForm(forms.Form):
    """One number of a watch list, and why it is set so."""

    value = forms.DecimalField(
        label=_("New value"), max_digits=8, decimal_places=2, min_value=Decimal(0)
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, strip=True)


class WordForm(forms.Form):
    """One telling word."""

    word = forms.CharField(label=_("Word"), max_length=40, strip=True)
