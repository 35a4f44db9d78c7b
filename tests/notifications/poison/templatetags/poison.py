"""What a broken library might do to its process."""

import os
import time

from django import template

register = template.Library()


@register.simple_tag
def die() -> str:
    """The process is gone, without a word."""
    os._exit(9)


@register.simple_tag
def hang() -> str:
    """Nothing happens for longer than anybody waits."""
    time.sleep(60)
    return ""


@register.simple_tag
def large(megabytes: int) -> str:
    """More than any mail server takes."""
    return "x" * (megabytes * 1024 * 1024)
