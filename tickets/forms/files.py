"""What customers type to look up their case, and what is uploaded (form)."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from organisation.models import Staff, Unit
from tickets import mappings
from tickets.forms.base import DeskForm


class LookupForm(DeskForm):
    """Number and code of a customer's own case."""

    number = forms.CharField(label=_("Reference number"), max_length=40)
    code = forms.CharField(label=_("Query code"), max_length=12)


class ImportForm(DeskForm):
    """Which file to load, by which mapping, for which unit."""

    MOST_BYTES = 200 * 1024 * 1024

    file = forms.FileField(
        label=_("File"), help_text=_("CSV, also gzipped, or Excel; 200 MB at the most.")
    )
    mapping = forms.ChoiceField(label=_("Mapping"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Belongs to"), empty_label=None,
        help_text=_("A company gets a branch for each department the file names."),
    )  # fmt: skip
    is_dry_run = forms.BooleanField(label=_("Check without importing"), required=False)

    def __init__(self, *args: Any, user: Staff, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = Unit.objects.filter(is_active=True, path__startswith=user.scope_path)
        self.fields["unit"].queryset = units.order_by("path")  # type: ignore[attr-defined]
        self.fields["mapping"].choices = [  # type: ignore[attr-defined]
            (name, mappings.load(name).label(get_language() or "")) for name in mappings.names()
        ]

    def clean_file(self) -> Any:
        """A file small enough to be kept."""
        upload = self.cleaned_data["file"]
        if upload.size > self.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 200 MB. Split it."))
        return upload
