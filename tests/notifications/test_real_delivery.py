"""The relay, its broker and its workers as real processes, and what may befall them: a broker that
is full, read-only or frozen (F7), the same task many times (F10), poisonous messages (F18), two who
send the same message at once (the lease), a worker that hears nothing."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
import redis
from django.conf import settings as desk_settings
from django.db import DataError, connection, transaction
from pytest_django.fixtures import Settings

from notifications import delivery, outbox
from notifications.management.commands import run_delivery
from notifications.models import Channel, Heartbeat, Outbox, OutboxState
from servicedesk.lib import clock
from servicedesk.processes import binaries, places
from servicedesk.processes.places import TREE
from tests.cast import Cast
from tests.journeys.links import NOTIFY, RELAY, SMTP, Links
from tests.notifications import receivers

pytestmark = [pytest.mark.processes]

_PATIENCE = 40.0


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[redis.Redis]:
    """A Redis of this test alone, to be ill-treated."""
    socket = tmp_path / "redis.sock"
    running = subprocess.Popen(
        [str(binaries.redis(places.find())), "--port", "0", "--unixsocket", str(socket),
         "--dir", str(tmp_path), "--save", ""], stdout=subprocess.DEVNULL,
    )  # fmt: skip
    line = redis.Redis(unix_socket_path=str(socket))
    wait_until(lambda: socket.exists() and bool(line.ping()), "Redis")
    yield line
    line.close()
    running.kill()
    running.wait()


@pytest.fixture
def behind(
    transactional_db: None, cast: Cast, desk_environment: dict[str, str], broker: redis.Redis,
    tmp_path: Path,
) -> Iterator[Links]:  # fmt: skip
    settings = {"DJANGO_SETTINGS_MODULE": "tests.notifications.poison.settings"}
    found = Links(desk_environment | settings, redis_url=f"unix://{tmp_path}/redis.sock")
    yield found
    print(found.said())  # noqa: T201 - shown when the test fails
    found.end()


def wait_until(is_so: Callable[[], bool], what: str, patience: float = _PATIENCE) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError(f"still waiting for {what}")


def queue(cast: Cast, *names: str, template: str = "neighbour") -> list[int]:
    """Messages written now; their ids."""
    at = clock.now()
    rows = [
        outbox.row(
            key=f"event:{name}", channel=Channel.EMAIL, recipient=f"{name}@desk.example",
            template=template, language="en", subject="20260309-0001-6", at=at,
            facts={"title": "停电 \u202e غ"}, scope_path=cast.company.path,
        )
        for name in names
    ]  # fmt: skip
    outbox.queue(rows=rows, by=None, at=at)
    keys = [f"event:{name}:email" for name in names]
    return list(Outbox.objects.filter(key__in=keys).order_by("pk").values_list("pk", flat=True))


def names(count: int) -> list[str]:
    return [f"n{number}" for number in range(count)]


def all_sent(ids: list[int]) -> Callable[[], bool]:
    return lambda: not Outbox.objects.filter(pk__in=ids).exclude(state="sent").exists()


def relay_is_up() -> bool:
    return Heartbeat.objects.filter(process="delivery").exists()


def arrivals(behind: Links) -> Counter[str]:
    return Counter(str(mail["Message-ID"]) for mail in behind.mails)


ILLNESSES: dict[str, tuple[str, ...]] = {
    "full": ("CONFIG", "SET", "maxmemory", "1"),
    "read-only": ("REPLICAOF", "127.0.0.1", "1"),
    "frozen": ("CLIENT", "PAUSE", "30000"),
}


@pytest.mark.parametrize("illness", ILLNESSES)
def test_while_the_broker_takes_nothing_the_relay_delivers_by_itself(
    illness: str, behind: Links, cast: Cast, broker: redis.Redis
) -> None:
    behind.mend(RELAY, SMTP)
    wait_until(relay_is_up, "the relay")
    broker.execute_command(*ILLNESSES[illness])
    ids = queue(cast, *names(30))
    wait_until(all_sent(ids), "all messages")
    assert set(arrivals(behind).values()) == {1}
    assert len(arrivals(behind)) == 30
    latest = max(one.sent_at for one in Outbox.objects.all() if one.sent_at)
    late = latest - Outbox.objects.get(pk=ids[0]).created_at
    print("late by at most", late)  # noqa: T201
    assert late < timedelta(seconds=10)


_PUBLISH = """
import django, sys, time
django.setup()
from notifications import tasks
from notifications.management.commands import run_delivery
run_delivery.be_impatient(tasks.deliver.app)
for line in sys.stdin:
    begun = time.monotonic()
    try:
        tasks.deliver.apply_async(kwargs={"message_id": 1}, queue="email", expires=30)
        taken = "taken"
    except run_delivery._refusals(tasks.deliver):
        taken = "refused"
    print(taken, time.monotonic() - begun, flush=True)
"""


def test_a_hand_over_to_the_broker_is_given_up_within_a_fifth_of_a_second(
    behind: Links, broker: redis.Redis
) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", _PUBLISH], cwd=TREE, env=behind.environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert program.stdin is not None and program.stdout is not None

    def publish() -> tuple[str, float]:
        program.stdin.write("\n")  # type: ignore[union-attr]
        program.stdin.flush()  # type: ignore[union-attr]
        taken, seconds = program.stdout.readline().split()  # type: ignore[union-attr]
        return taken, float(seconds)

    for _ in range(2):
        assert publish()[0] == "taken"
    for illness in ILLNESSES.values():
        broker.execute_command(*illness)
        tried = [publish() for _ in range(3)]
        assert {taken for taken, _ in tried} == {"refused"}
        # The quickest of three: this machine may have been busy with something else.
        assert min(seconds for _, seconds in tried) <= 0.2
        if illness[1] != "PAUSE":
            broker.execute_command("REPLICAOF", "NO", "ONE")
            broker.execute_command("CONFIG", "SET", "maxmemory", "0")
    program.stdin.close()
    program.stdout.close()
    program.wait(10)


def test_the_same_task_five_times_in_reverse_and_an_hour_later_is_one_mail(
    behind: Links, cast: Cast
) -> None:
    ids = queue(cast, *names(3))
    Outbox.objects.update(next_try_at=clock.now() + timedelta(hours=1))
    behind.mend(NOTIFY, SMTP)
    for pk in [*reversed(ids), *ids, *ids, *reversed(ids), *ids]:
        _publish(behind, pk)
    wait_until(all_sent(ids), "all messages")
    for pk in ids:
        _publish(behind, pk)
        assert not delivery.deliver(message_id=pk, by=None, at=clock.now() + timedelta(hours=1))
    time.sleep(2)
    assert sorted(arrivals(behind).values()) == [1, 1, 1]
    assert set(Outbox.objects.values_list("attempts", flat=True)) == {1}


def _publish(behind: Links, pk: int) -> None:
    """Put a task on the queue from outside, as a broker that repeats itself does."""
    from kombu import Connection, Exchange, Queue

    url = behind.environment["REDIS_URL"].replace("unix://", "redis+socket://")
    body = ([], {"message_id": pk}, {"callbacks": None, "errbacks": None, "chain": None, "chord": None})
    with Connection(url) as line, line.Producer() as producer:
        producer.publish(
            body, routing_key="email", exchange="email", serializer="json",
            declare=[Queue("email", Exchange("email"), routing_key="email")],
            headers={"task": "notifications.tasks.deliver", "id": os.urandom(8).hex(), "lang": "py"},
        )  # fmt: skip


def test_poison_stays_by_itself_and_ends_in_sight(behind: Links, cast: Cast) -> None:
    behind.environment["PYTHONPATH"] = str(TREE)
    behind.mend(RELAY, NOTIFY, SMTP)
    wait_until(relay_is_up, "the relay")
    wait_until(all_sent(queue(cast, "first")), "a worker")
    bad = {
        name: queue(cast, name, template=f"poison_{name}")[0]
        for name in ("dies", "hangs", "large", "raises")
    }
    good = queue(cast, *names(20))
    wait_until(all_sent(good), "the neighbours")
    late = [
        one.sent_at - one.created_at for one in Outbox.objects.filter(pk__in=good) if one.sent_at
    ]
    print("neighbours late by at most", max(late))  # noqa: T201
    assert max(late) < timedelta(seconds=8)
    for tried in range(1, delivery.MOST_TRIES + 2):
        is_tried = partial(_is_tried, bad["dies"], tried, behind)
        wait_until(is_tried, f"try {tried}", patience=60)
        Outbox.objects.filter(pk=bad["dies"], next_try_at__isnull=False).update(
            claimed_until=clock.now(), next_try_at=clock.now()
        )
    dies = Outbox.objects.get(pk=bad["dies"])
    assert (dies.state, dies.trouble) == (OutboxState.DEAD, "lost")
    assert Outbox.objects.get(pk=bad["raises"]).trouble == "unwritable"
    # One try for each lease that ran out meanwhile, and the first.
    hangs = Outbox.objects.get(pk=bad["hangs"])
    assert 1 <= hangs.attempts <= 1 + (clock.now() - hangs.created_at) / delivery.LEASE
    # This server takes mails of any size.
    assert arrivals(behind)["<event.large.email@servicedesk.invalid>"] == 1
    assert all(one not in str(arrivals(behind)) for one in ("dies", "hangs", "raises"))


def _is_tried(pk: int, times: int, behind: Links) -> bool:
    """So many tries are counted; where it killed the relay, another relay is started."""
    if behind._processes[0].poll() is not None:
        behind._processes.pop(0)
        behind.mend(RELAY)
        behind._processes.insert(0, behind._processes.pop())
    one = Outbox.objects.get(pk=pk)
    return one.is_given_up or one.attempts >= times


def test_what_the_database_cannot_hold_is_refused_where_it_is_written(cast: Cast) -> None:
    for text in ("a\x00b", "a\ud800b"):
        row = outbox.row(
            key="event:x", channel=Channel.EMAIL, recipient="x@desk.example", template="overdue",
            language="en", facts={"title": text}, subject="x", scope_path=cast.company.path,
            at=cast.at,
        )  # fmt: skip
        with pytest.raises((DataError, UnicodeError, ValueError)), transaction.atomic():
            outbox.queue(rows=[row], by=None, at=cast.at)
    assert not Outbox.objects.exists()


def test_the_lease_lets_one_of_many_senders_send(
    transactional_db: None, cast: Cast, settings: Settings
) -> None:
    left, posts = sent_by_four_at_once(cast, settings)
    assert (sorted(left), posts) == ([False, False, False, True], 1)
    assert Outbox.objects.get().attempts == 1


def test_without_the_lease_it_would_be_sent_by_all_of_them(
    transactional_db: None, cast: Cast, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check above sees what the lease is for."""
    monkeypatch.setattr(delivery, "_lease", lambda pk, at: Outbox.objects.get(pk=pk))
    left, posts = sent_by_four_at_once(cast, settings)
    assert (left, posts) == ([True] * 4, 4)


def sent_by_four_at_once(cast: Cast, settings: Settings) -> tuple[list[bool], int]:
    """Four workers have the same message in hand at the same moment, and the gateway is slow: who
    sent it, and how often the gateway got it."""
    at = clock.now()
    with receivers.listening() as gateway:
        settings.SMS_GATEWAY, settings.SMS_STATUS_URL = "", ""
        settings.SMS_GATEWAY_URL = f"http://127.0.0.1:{gateway.port}/sms"
        gateway.mood = "slow"
        row = outbox.row(
            key="survey:1", channel=Channel.SMS, recipient="13900000001", template="survey_link",
            language="en", facts={"token": "x", "number": "20260309-0001-6", "company": "x"},
            subject="20260309-0001-6", scope_path=cast.company.path, at=at,
        )  # fmt: skip
        outbox.queue(rows=[row], by=None, at=at)
        pk = Outbox.objects.get().pk
        together = threading.Barrier(4)
        left: list[bool] = []

        def send() -> None:
            together.wait()
            try:
                left.append(delivery.deliver(message_id=pk, by=None, at=clock.now()))
            finally:
                connection.close()

        senders = [threading.Thread(target=send) for _ in range(4)]
        for one in senders:
            one.start()
        for one in senders:
            one.join()
        return left, len(gateway.posts())


def test_a_deaf_worker_ends_itself_and_one_that_hears_does_not(
    behind: Links, cast: Cast, broker: redis.Redis
) -> None:
    environment = behind.environment | {"WORKER_DEAF_SECONDS": "3", "PYTHONPATH": str(TREE)}
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "--app", "servicedesk", "worker", "--queues", "email",
         "--concurrency", "1", "--without-gossip", "--without-mingle", "--hostname", "deaf@x",
         "--loglevel", "WARNING"], cwd=TREE, env=environment, stdout=behind.log,
        stderr=behind.log, start_new_session=True,
    )  # fmt: skip
    try:
        behind.mend(SMTP)
        ids = queue(cast, *names(3))
        _publish(behind, ids[0])
        wait_until(all_sent(ids[:1]), "a worker")
        time.sleep(5)
        assert worker.poll() is None, "an empty queue is no sign of deafness"
        _stop_listening(behind)
        for pk in ids[1:]:
            _publish(behind, pk)
        assert worker.wait(30) == 70
    finally:
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()


def _stop_listening(behind: Links) -> None:
    """The worker lives, its connection stands, and it takes nothing from its queue any more."""
    from celery import Celery

    url = behind.environment["REDIS_URL"].replace("unix://", "redis+socket://")
    app = Celery(broker=url)
    answer = app.control.cancel_consumer("email", destination=["deaf@x"], reply=True, timeout=10)
    assert answer
    app.close()


def test_the_worker_process_knows_the_settings_it_depends_on() -> None:
    assert desk_settings.CELERY_TASK_ACKS_LATE and desk_settings.CELERY_TASK_REJECT_ON_WORKER_LOST
    assert desk_settings.CELERY_BROKER_TRANSPORT_OPTIONS["unacked_restore_interval"] == 1
    assert set(desk_settings.CELERY_TASK_QUEUES) == {*Channel.values, "bulk"}
    assert run_delivery._PATIENCE < 0.2
