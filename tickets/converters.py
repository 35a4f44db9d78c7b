"""Reference numbers in addresses: `<number:number>`, in every app that imports this module."""

from django.urls import register_converter


class ReferenceNumber:
    regex = r"\d{8}-\d{4,8}-\d"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)


register_converter(ReferenceNumber, "number")
