"""What is answered and decided: checked here, saved by the verbs (form)."""

from typing import Any

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from surveys import questionnaire
from surveys.models import Choice, Instrument, Result

_MUST = frozenset({"solved", "satisfied"})


class AnswerForm(forms.Form):
    """The questions of one questionnaire in the customer's language; nothing is chosen before."""

    def __init__(
        self, *args: Any, instrument: Instrument, language: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.needs_reason = instrument.mode == "phone"
        self.questions = questionnaire.questions(instrument.questions, language)
        for question in self.questions:
            self.fields[question.code] = _field(question)

    def clean(self) -> dict[str, Any]:
        """On the telephone a discontented customer is asked why."""
        typed = super().clean() or {}
        is_discontent = typed.get("solved") == "not" or typed.get("satisfied") == "dissatisfied"
        lacks_reason = "reason" in self.fields and not typed.get("reason")
        if self.needs_reason and is_discontent and lacks_reason:
            self.add_error("reason", _("Ask for the reason, so that the unit can put it right."))
        return typed

    def reply(self) -> dict[str, Any]:
        """The answers as surveys.answers.Reply takes them."""
        core = {code: self.cleaned_data.get(code, "") for code in questionnaire.CORE}
        more = {
            one.code: self.cleaned_data[one.code]
            for one in self.questions
            if not one.is_core and self.cleaned_data[one.code]
        }
        return core | {"replies": more}


def _field(question: questionnaire.Question) -> forms.Field:
    is_must = question.code in _MUST
    if question.choices:
        return forms.ChoiceField(
            label=question.text, choices=question.choices, widget=forms.RadioSelect,
            required=is_must,
        )  # fmt: skip
    return forms.CharField(
        label=question.text, required=is_must, max_length=2000,
        widget=forms.Textarea({"rows": 3, "class": "form-control"}),
    )


class AttemptForm(forms.Form):
    """What came of a call that ended without answers."""

    result = forms.ChoiceField(
        label=_("What came of the call"),
        # Nothing is chosen before: a slip must not end a callback as declined.
        choices=[("", "—"), *(one for one in Result.choices if one[0] != Result.COMPLETED)],
    )
    call_again_at = forms.DateTimeField(
        label=_("Call again at"), required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )  # fmt: skip
    note = forms.CharField(label=_("Note"), required=False, max_length=400)

    @property
    def helper(self) -> FormHelper:
        return _bare_helper()


class DecisionForm(forms.Form):
    """What the supervisor decides, and why."""

    choice = forms.ChoiceField(
        label=_("Decision"), choices=Choice.choices, widget=forms.RadioSelect
    )
    grounds = forms.CharField(
        label=_("Grounds"), max_length=2000, widget=forms.Textarea({"rows": 4})
    )

    @property
    def helper(self) -> FormHelper:
        return _bare_helper()


def _bare_helper() -> FormHelper:
    helper = FormHelper()
    helper.form_tag = False
    helper.disable_csrf = True
    return helper
