"""Write the made-up history, a few lives in each commit, and say how far it is (verb)."""

import hashlib
import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from demonstration import founding, lives, living
from demonstration.arrival import KIND
from demonstration.lives import Life
from demonstration.living import Story, World
from notifications import silence
from notifications.models import Job, JobState
from organisation import presetting as calendars
from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from surveys import presetting as surveys
from surveys.models import MonthSeed
from tickets import catching_up, presetting
from tickets.models import Category

# Small enough that nobody at the desk waits for a unit's lock, large enough to be quick.
LIVES_AT_ONCE = 20
_LOCK = 20_260_101


class DeskInUse(DeskError):
    """There are units of somebody else's making already."""

    message = _("The demonstration is for an empty desk; this one has units of its own.")


class AlreadyLoading(DeskError):
    """Another process is loading the demonstration."""

    message = _("The demonstration is being loaded by another process.")


@dataclass(frozen=True)
class Size:
    """How much history, from which seed."""

    tickets: int = 500
    months: int = 14
    seed: int = 1


def build(*, size: Size, by: Staff | None, at: datetime) -> int:
    """The whole demonstration; the number of tickets written, none when it is there already. What
    was cut off goes on where it stopped. Raises DeskInUse, AlreadyLoading."""
    with _alone():
        job = Job.objects.filter(kind=KIND).order_by("-id").first()
        if job is not None and job.state == JobState.DONE:
            return 0
        job = job or _begin(size, by, at)
        planned, world = _planned(job), _world(job)
        _make_seeds(job, planned)
        for first in range(job.progress, len(planned), LIVES_AT_ONCE):
            _write(job, planned[first : first + LIVES_AT_ONCE], world)
        Job.objects.filter(pk=job.pk).update(state=JobState.DONE, ended_at=at)
        return len(planned) - job.progress


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


def _write(job: Job, some: Sequence[Life], world: World) -> None:
    """Live some lives up to the present, in the order of time, in one commit."""
    until = _until(job)
    with transaction.atomic(), silence.during_history() as withheld:
        stories = [Story(life, world, withheld) for life in some]
        _live(stories, until)
        for story in stories:
            _judge(story, until, until)
        Job.objects.filter(pk=job.pk).update(progress=some[-1].index + 1)


def _live(stories: Sequence[Story], until: datetime) -> None:
    """Take every step of every story up to `until`, the earliest first."""
    waiting: list[tuple[datetime, int, Story, Iterator[datetime]]] = []
    threads = [
        (story, thread(story))
        for story in stories
        for thread in (living.main, living.urging, living.overseeing)
    ]
    for number, (story, steps) in enumerate(threads):
        _wait(waiting, number, story, steps)
    while waiting and waiting[0][0] <= until:
        at, number, story, steps = heapq.heappop(waiting)
        _judge(story, at, until)
        _wait(waiting, number, story, steps)


def _wait(
    waiting: list[tuple[datetime, int, Story, Iterator[datetime]]], number: int, story: Story,
    steps: Iterator[datetime],
) -> None:
    following = next(steps, None)
    if following is not None:
        heapq.heappush(waiting, (following, number, story, steps))


def _judge(story: Story, before: datetime, at: datetime) -> None:
    if story.ticket is not None:
        catching_up.judge_past(ticket=story.ticket, until=before, by=None, at=at)


def _make_seeds(job: Job, planned: Sequence[Life]) -> None:
    """The draw of each past month from the demonstration's own seed, so that it repeats."""
    until = _until(job)
    years = range(planned[0].received_at.year, until.year + 1)
    months = [f"{year}-{month:02}" for year in years for month in range(1, 13)]
    MonthSeed.objects.bulk_create(
        (
            MonthSeed(
                month=month, created_at=until,
                seed=hashlib.sha256(f"{job.params['seed']} {month}".encode()).hexdigest(),
            )
            for month in months
            if month < until.strftime("%Y-%m")
        ),
        ignore_conflicts=True,
    )  # fmt: skip
