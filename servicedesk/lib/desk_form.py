"""The form every form of the desk is made of, and the field that asks for a person."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _


class DeskForm(forms.Form):
    """A form drawn by crispy inside the page's own <form> element."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            missing = format_lazy(_("Fill in “{field}”."), field=field.label or "")
            field.error_messages["required"] = missing

    @property
    def helper(self) -> FormHelper:
        helper = FormHelper()
        helper.form_tag = False
        helper.disable_csrf = True
        return helper


class StaffField(forms.ModelChoiceField):
    """A person, named with their unit."""

    def label_from_instance(self, one: Any) -> str:
        return f"{one.name} · {one.unit.name}"
