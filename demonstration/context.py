"""What every template may know of the demonstration."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from demonstration import arrival


def demonstration(request: HttpRequest) -> dict[str, object]:
    """`is_data_arriving`, asked only where a template looks at it."""
    return {"is_data_arriving": SimpleLazyObject(arrival.is_arriving)}
