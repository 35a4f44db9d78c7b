"""The workers' side of the queue; what they do is in each app's tasks.py."""

import os
from typing import Any

from celery import Celery, signals

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")

app = Celery("servicedesk")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@signals.worker_ready.connect
def look_after(sender: Any, **kwargs: Any) -> None:
    """Once a worker is up, somebody sees to it that it keeps hearing."""
    # Needs the nouns, which can be loaded only now.
    from servicedesk import deafness

    deafness.watch(sender)
