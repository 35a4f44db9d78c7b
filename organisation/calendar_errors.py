"""What is wrong with a calendar or a holiday table, as a sentence that pages can translate (sum)."""


def gettext_noop(sentence: str) -> str:
    """The sentence itself; the name puts it into the catalogue, from which pages translate it."""
    return sentence


class Unreadable(ValueError):
    """A calendar cannot be read; `template` % `details` is the sentence in English."""

    def __init__(self, template: str, **details: object) -> None:
        super().__init__(template % details)
        self.template = template
        self.details = details
