"""Reference numbers in addresses."""


class ReferenceNumber:
    regex = r"\d{8}-\d{4,8}-\d"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return str(value)
