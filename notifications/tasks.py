"""Celery shells round one verb each (page)."""

from typing import Any

from celery import shared_task

from notifications import delivery, jobs
from servicedesk.lib import clock


@shared_task(queue="email")
def deliver(*, message_id: int, **kwargs: Any) -> None:
    """Send one message of the outbox; the relay puts it on the queue of its channel."""
    delivery.deliver(message_id=message_id, by=None, at=clock.now())


@shared_task(queue="bulk", soft_time_limit=1500, time_limit=1800)
def run_job(*, job_id: int, **kwargs: Any) -> None:
    """Do one long job."""
    jobs.run(job_id=job_id, by=None, at=clock.now())
