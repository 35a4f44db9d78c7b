"""Every table says which of its fields are private; nobody has to guess before an export."""

import pytest
from django.apps import apps
from django.conf import settings
from django.db.models import Model

MODELS = [m for m in apps.get_models() if m._meta.app_label in settings.DESK_APPS]

# Names that speak of a person or of what they said. A field so named is declared private.
PRIVATE_WORDS = {"phone", "contact_name", "contact_phone", "address", "text", "email", "verbatim"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_a_table_declares_its_private_fields_by_name(model: type[Model]) -> None:
    declared = model.__dict__.get("private_fields")
    assert isinstance(declared, tuple), "say private_fields = (), if there are none"
    names = {field.name for field in model._meta.concrete_fields}
    assert set(declared) <= names
    assert names & PRIVATE_WORDS <= set(declared)


def test_the_tables_are_all_there() -> None:
    assert len(MODELS) >= 35
