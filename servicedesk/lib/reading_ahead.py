"""Read the next item in a thread while the present one is being written."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

_END: Any = object()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order; what reading them raises is raised here. Reading must not
    touch the database: the thread would open a connection of its own."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, items, _END)
        while True:
            item = coming.result()
            if item is _END:
                return
            coming = reader.submit(next, items, _END)
            yield item
