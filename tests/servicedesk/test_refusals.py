"""A verb's refusal reaches the person with everything they typed."""

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import RequestFactory

from servicedesk import refusals
from servicedesk.lib import errors


class TooLate(errors.DeskError):
    """For the tests."""

    message = "Too late by %(n)s days."
    field = "reason"


class Form(forms.Form):
    reason = forms.CharField()


def _middleware() -> refusals.RefusalMiddleware:
    return refusals.RefusalMiddleware(lambda request: pytest.fail("not called"))


def _post(words: dict[str, str], **headers: str) -> HttpRequest:
    request = RequestFactory().post("/x/", words, headers=headers)
    request.user = AnonymousUser()
    return request


def test_an_error_has_a_code_a_sentence_and_a_status() -> None:
    error = TooLate(n=3)
    assert (error.code, str(error), error.http_status) == ("too_late", "Too late by 3 days.", 409)
    assert errors.NotVisible.code == "not_visible"


def test_a_refusal_stands_beside_its_field_and_keeps_what_was_typed() -> None:
    form = Form({"reason": "我的理由"})
    assert form.is_valid()
    with refusals.shown(form):
        raise TooLate(n=3)
    assert form.errors == {"reason": ["Too late by 3 days."]}
    assert form["reason"].value() == "我的理由"
    assert refusals.status(form) == 409


def test_a_refusal_about_no_field_stands_on_top() -> None:
    form = Form({"reason": "x"})
    form.full_clean()
    with refusals.shown(form):
        raise errors.NotAllowed
    assert form.non_field_errors()
    assert refusals.status(form) == 403


def test_a_form_not_sent_is_fine_and_a_wrong_one_is_422() -> None:
    assert refusals.status(Form()) == 200
    assert refusals.status(Form({"reason": ""})) == 422


def test_other_errors_go_on() -> None:
    form = Form({"reason": "x"})
    with pytest.raises(ZeroDivisionError), refusals.shown(form):
        raise ZeroDivisionError
    with pytest.raises(errors.NotVisible), refusals.shown(form):
        raise errors.NotVisible
    assert _middleware().process_exception(_post({}), ZeroDivisionError()) is None


def test_an_uncaught_refusal_becomes_a_page_with_the_words_but_no_secrets() -> None:
    typed = {"note": "客户说下午在家 <b>", "password": "open sesame", "csrfmiddlewaretoken": "a b"}
    answer = _middleware().process_exception(_post(typed), TooLate(n=3))
    assert answer is not None
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Too late by 3 days." in page
    assert "客户说下午在家 &lt;b&gt;" in page
    assert "sesame" not in page
    assert "a b" not in page


def test_htmx_gets_a_note_for_the_message_area() -> None:
    answer = _middleware().process_exception(_post({}, hx_request="true"), TooLate(n=3))
    assert answer is not None
    assert answer.status_code == 409
    assert (answer["HX-Retarget"], answer["HX-Reswap"]) == ("#messages", "beforeend")
    assert "<html" not in answer.content.decode()


def test_what_is_not_visible_looks_like_what_is_not_there() -> None:
    hidden = _middleware().process_exception(_post({}), errors.NotVisible())
    assert hidden is not None
    assert hidden.status_code == 404
    assert "Not visible" not in hidden.content.decode()
