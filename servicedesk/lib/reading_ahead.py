"""Read the next items in a thread while the present one is being written."""

import queue
import threading
from collections.abc import Iterator
from typing import Any, TypeVar

T = TypeVar("T")

_MOST_WAITING = 2
_END = object()


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order; what reading them raises is raised here. Reading must not
    touch the database: the thread would open a connection of its own."""
    ready: queue.Queue[Any] = queue.Queue(_MOST_WAITING)
    is_left = threading.Event()

    def put(item: object) -> None:
        while not is_left.is_set():
            try:
                ready.put(item, timeout=0.5)
            except queue.Full:
                continue
            return

    def read() -> None:
        try:
            for item in items:
                put((item, None))
                if is_left.is_set():
                    return
            put((_END, None))
        except BaseException as error:
            put((_END, error))

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        while True:
            item, error = ready.get()
            if error is not None:
                raise error
            if item is _END:
                return
            yield item
    finally:
        is_left.set()
        thread.join()
