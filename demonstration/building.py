"""Write the made-up history, life by life, and say how far it is (verb)."""

import gc
import hashlib
import heapq
import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from demonstration import founding, lives, living, open_work, sharing
from demonstration.arrival import KIND
from demonstration.lives import Life
from demonstration.story import Story, World
from notifications import silence
from notifications.models import Job, JobState
from organisation import presetting as calendars
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from surveys import presetting as surveys
from surveys.models import MonthSeed
from tickets import catching_up, presetting
from tickets.models import Category, Idempotency, Ticket

_LOCK = 20_260_101


class DeskInUse(DeskError):
    """There are units of somebody else's making already."""

    message = _("The demonstration is for an empty desk; this one has units of its own.")


class AlreadyLoading(DeskError):
    """Another process is loading the demonstration."""

    message = _("The demonstration is being loaded by another process.")


class PartFailed(DeskError):
    """One of the processes that share the work ended early."""

    message = _("A part of the demonstration could not be written. Load it again to go on.")


@dataclass(frozen=True)
class Size:
    """How much history, from which seed."""

    tickets: int = 500
    months: int = 14
    seed: int = 1


def build(*, size: Size, processes: int = 1, by: Staff | None, at: datetime) -> int:
    """The whole demonstration, shared among so many processes; the number of tickets it has, 0
    when it was there already. What was cut off goes on where it stopped. Raises DeskInUse,
    AlreadyLoading, PartFailed."""
    with _alone():
        job = Job.objects.filter(kind=KIND).order_by("-id").first()
        if job is not None and job.state == JobState.DONE:
            return 0
        job = job or _begin(size, by, at)
        rows = Job.objects.filter(pk=job.pk)
        rows.update(state=JobState.RUNNING)
        try:
            _share_out(job.pk, processes)
            _leave_open_work(job, rows, at)
        except BaseException as error:
            rows.update(state=JobState.FAILED, failure=repr(error)[:500])
            raise
        return Ticket.objects.count()


def write_part(*, job_id: int, part: int, parts: int, by: Staff | None) -> None:
    """Every so manieth life of the job that is not written yet, each in a commit of its own."""
    with connection.cursor() as cursor:
        # After a crash of the machine the last lives are simply written again.
        cursor.execute("SET synchronous_commit = off")
    # Rows by the thousand make little garbage in circles; looking for it is a tenth of the time.
    gc.set_threshold(50_000)
    job = Job.objects.get(pk=job_id)
    world = _world(job)
    done = set(Idempotency.objects.values_list("key", flat=True))
    for life in _planned(job)[part::parts]:
        if _is_orphan():
            return
        if life.key not in done:
            _write(job, life, world)


def _is_orphan() -> bool:
    """Whether the process that began the work is gone; its successor shares it out anew."""
    parent = multiprocessing.parent_process()
    return parent is not None and not parent.is_alive()


def _leave_open_work(job: Job, rows: QuerySet[Job], at: datetime) -> None:
    """The last hours and the word that all is there, in one commit."""
    with transaction.atomic(), silence.during_history():
        open_work.leave(world=_world(job), until=_until(job))
        rows.update(state=JobState.DONE, ended_at=at, failure="")


def _share_out(job_id: int, processes: int) -> None:
    """Do the first part here and the others in processes of their own."""
    context = multiprocessing.get_context("spawn")
    others = [
        context.Process(target=sharing.work, args=(job_id, part, processes), daemon=True)
        for part in range(1, processes)
    ]
    for other in others:
        other.start()
    write_part(job_id=job_id, part=0, parts=processes, by=None)
    for other in others:
        other.join()
    if any(other.exitcode for other in others):
        raise PartFailed


class _alone:
    """One loader at a time, held by the connection so that a crash lets go of it."""

    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
            (is_ours,) = cursor.fetchone()
        if not is_ours:
            raise AlreadyLoading

    def __exit__(self, *raised: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _begin(size: Size, by: Staff | None, at: datetime) -> Job:
    """Presets, units, people and customers, and the row that tells of the progress."""
    with transaction.atomic():
        if Unit.objects.exists():
            raise DeskInUse
        calendars.load_calendars(by=by, at=at)
        presetting.load(by=by, at=at)
        surveys.load(by=by, at=at)
        founding.found(seed=size.seed, months=size.months, by=by, at=at)
        _make_seeds(size, at)
        return Job.objects.create(
            kind=KIND, by=by, state=JobState.RUNNING, total=size.tickets, created_at=at,
            params={"seed": size.seed, "months": size.months, "until": at.isoformat()},
        )  # fmt: skip


def _until(job: Job) -> datetime:
    until = parse_datetime(job.params["until"])
    assert until is not None
    return until


def _planned(job: Job) -> list[Life]:
    return lives.plan(
        seed=job.params["seed"], how_many=job.total or 0, months=job.params["months"],
        until=_until(job),
    )  # fmt: skip


def _world(job: Job) -> World:
    return World(
        staff={one.staff_number: one for one in Staff.objects.select_related("unit")},
        units={one.code: one for one in Unit.objects.select_related("leader", "liaison")},
        categories={one.code: one for one in Category.objects.all()},
        customers=founding.customers_of(job.params["seed"]),
    )  # fmt: skip


def _write(job: Job, life: Life, world: World) -> None:
    """Live one life up to the present in one commit."""
    until = _until(job)
    with transaction.atomic(), silence.during_history() as withheld:
        story = Story(life, world, withheld)
        _live(story, until)
        _judge(story, until, until)
        Job.objects.filter(pk=job.pk).update(progress=F("progress") + 1)


def _live(story: Story, until: datetime) -> None:
    """Take every step of the story up to `until`, the earliest first."""
    waiting: list[tuple[datetime, int, Iterator[datetime]]] = []
    for number, thread in enumerate((living.main, living.urging, living.overseeing)):
        _wait(waiting, number, thread(story))
    while waiting and waiting[0][0] <= until:
        at, number, steps = heapq.heappop(waiting)
        _judge(story, at, until)
        _wait(waiting, number, steps)


def _wait(
    waiting: list[tuple[datetime, int, Iterator[datetime]]], number: int, steps: Iterator[datetime]
) -> None:
    following = next(steps, None)
    if following is not None:
        heapq.heappush(waiting, (following, number, steps))


def _judge(story: Story, before: datetime, at: datetime) -> None:
    if story.ticket is not None:
        catching_up.judge_past(ticket=story.ticket, until=before, by=None, at=at)


def _make_seeds(size: Size, at: datetime) -> None:
    """The draw of each month up to now from the demonstration's own seed, so that it repeats."""
    years = range((at - lives.DAY * 31 * (size.months + 1)).year, at.year + 1)
    months = [f"{year}-{month:02}" for year in years for month in range(1, 13)]
    MonthSeed.objects.bulk_create(
        MonthSeed(
            month=month, created_at=at,
            seed=hashlib.sha256(f"{size.seed} {month}".encode()).hexdigest(),
        )
        for month in months
        if month <= at.strftime("%Y-%m")
    )  # fmt: skip
