"""Rows point down the order of the apps too, where the import map cannot see it."""

from django.apps import apps
from django.conf import settings

ORDER = [*settings.DESK_APPS, "demonstration"]


def test_every_row_points_down_or_sideways() -> None:
    wrong, seen = [], 0
    for model in apps.get_models():
        app = model._meta.app_label
        if app not in ORDER:
            continue
        for field in model._meta.get_fields():
            target = field.related_model if field.many_to_one or field.one_to_one else None
            if not field.concrete or target is None or target._meta.app_label not in ORDER:
                continue
            seen += 1
            if ORDER.index(target._meta.app_label) > ORDER.index(app):
                wrong.append(f"{model._meta.label}.{field.name} -> {target._meta.label}")
    assert not wrong
    assert seen > 50, "the walk has lost the models"
