"""Nobody is led elsewhere, whatever stands in the address."""

import pytest
from django.test import RequestFactory

from servicedesk.lib import returning


@pytest.mark.parametrize(
    ("target", "wanted"),
    [
        ("/tickets/work/?tab=mine", "/tickets/work/?tab=mine"),
        ("null", "/"), ("", "/"), ("tickets/work/", "/"), ("9999-12-31T23:59", "/"),
        ("https://elsewhere.example/", "/"), ("//elsewhere.example/", "/"),
        ("/\\elsewhere.example/", "/"), ("javascript:alert(1)", "/"),
    ],
)  # fmt: skip
def test_only_pages_of_the_desk_are_gone_back_to(target: str, wanted: str) -> None:
    assert returning.path(RequestFactory().get("/"), target, "/") == wanted
