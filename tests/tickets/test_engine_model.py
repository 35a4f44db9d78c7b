"""The deadline engine against a diary kept by hand: whatever people do in whatever order, whoever
dies in between, what waits and what has fired is what the diary says.

A state machine drives the real verbs and the real loop. It draws from a seed of the day; SEED in the
environment repeats one, ENGINE_STEPS makes it longer (nightly: 50,000).
"""

import os
from collections import Counter
from contextlib import suppress
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import SystemRandom
from types import SimpleNamespace
from typing import Any
from unittest import mock
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from notifications import channels, delivery
from notifications.models import Channel, Held, Notice, Outbox, OutboxState
from tests.cast import Cast
from tests.factories.tickets import CATEGORIES, a_request
from tests.tickets import invariants
from tests.tickets.engine_acts import Act, Crash, Doer, NotDone
from tests.tickets.engine_model import LIMITS, OFFICE, Diary, House, opened
from tickets import alarms, escalation, intake, policies
from tickets.kinds import Kind
from tickets.management.commands import run_deadlines
from tickets.models import Clock, Deadline, Event, Ticket

SEED = int(os.environ.get("SEED", SystemRandom().randrange(10**6)))
STEPS = int(os.environ.get("ENGINE_STEPS", "600"))
EXAMPLE = 50
# Other limits judge nothing that had ended before them, so that the plan says more than the rows.
OF_ONE_POLICY = {invariants.due_as_planned, invariants.told_as_planned}
MOST_TICKETS = 6

MINUTES = (0, 1, 14, 29, 31, 120, 400, 1500, 6000)
FATES = st.sampled_from(["", "", "", "before", "after"])
PICKS = st.integers(0, 999)
WITH_UNIT = {"dispatched", "in_progress", "suspended", "done_pending_review"}
STAGE_OF = {"overdue": "due", "reminded": "remind", "escalated": "rung", "limit_warned": "warn"}


class Engine(RuleBasedStateMachine):
    """The desk and its diary. `cast` and `totals` are set by the test."""

    cast: Cast
    totals: Counter[str]

    def __init__(self) -> None:
        super().__init__()
        for kept in (policies.rules, policies.limit_ids, policies.heard, policies.calendar):
            kept.cache_clear()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.at = self.cast.at
        self.doer = Doer(self.cast)
        self.diaries: dict[int, Diary] = {}
        self.sent: list[str] = []
        self.excused: Counter[str] = Counter()
        self.keys = 0
        self.touched: set[int] = set()

    @initialize()
    def found(self) -> None:
        self.house = House(self.at, {kind: CATEGORIES[kind] for kind in LIMITS})
        for kind in LIMITS:
            self.log(kind, "")

    def teardown(self) -> None:
        try:
            if self.diaries:
                self._settle()
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)
            self.totals.update(self.doer.done)
            self.totals.update({f"refused {k}": v for k, v in self.doer.refused.items()})

    @rule(minutes=st.sampled_from(MINUTES))
    def wait(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)

    @rule(number=PICKS, off=st.sampled_from([-1, 0, 1]))
    def wait_for_a_limit(self, number: int, off: int) -> None:
        """To the very instant of something due, or a microsecond before or after it."""
        instants = sorted({i for one in self.diaries.values() for i in one.waiting().values()})
        ahead = [i for i in instants if i > self.at]
        if ahead:
            chosen = ahead[number % min(3, len(ahead))] + timedelta(microseconds=off)
            self.at = max(self.at, chosen)

    @precondition(lambda self: len(self.diaries) < MOST_TICKETS)
    @rule(kind=st.sampled_from(list(LIMITS)), fate=FATES)
    def log(self, kind: Kind, fate: str) -> None:
        self.keys += 1
        asked: dict[str, Any] = {
            "request": a_request(self.cast, kind=kind), "by": self.cast.operator, "at": self.at,
            "key": UUID(int=self.keys),
        }  # fmt: skip
        ticket = intake.receive(**asked) if fate != "before" else self._die_logging(asked)
        if fate == "after":
            assert intake.receive(**asked) == ticket
        self.diaries[ticket.pk] = opened(Ticket.objects.get(pk=ticket.pk), self.house)
        self.touched.add(ticket.pk)

    def _die_logging(self, asked: dict[str, Any]) -> Ticket:
        """The process dies, the clerk presses again."""
        count = Ticket.objects.count()
        with pytest.raises(Crash), transaction.atomic():
            intake.receive(**asked)
            raise Crash
        assert Ticket.objects.count() == count
        return intake.receive(**asked)

    @rule(number=PICKS, which=PICKS, detail=PICKS, fate=FATES, minutes=st.sampled_from(MINUTES))
    def act(self, number: int, which: int, detail: int, fate: str, minutes: int) -> None:
        """Something that fits one of the tickets as it is now."""
        self.at += timedelta(minutes=minutes)
        one = list(self.diaries.values())[number % len(self.diaries)]
        fitting = self._fitting(one, detail)
        if fitting:
            act = fitting[which % len(fitting)]
            self.touched.add(one.pk)
            with suppress(NotDone):
                act(fate)

    @rule(number=PICKS, which=PICKS, detail=PICKS, fate=FATES)
    def act_at_once(self, number: int, which: int, detail: int, fate: str) -> None:
        self.act(number, which, detail, fate, 0)

    @rule(which=PICKS, detail=PICKS)
    def act_on_the_latest(self, which: int, detail: int) -> None:
        self.act(len(self.diaries) - 1, which, detail, "", 5)

    @rule(which=PICKS, detail=PICKS)
    def act_on_the_first(self, which: int, detail: int) -> None:
        self.act(0, which, detail, "", 1)

    def _fitting(self, one: Diary, detail: int) -> list[Act]:
        """What could be done to the ticket, whether or not the desk will have it."""
        found = self.doer.fitting(one, detail, self.at)
        if one.state in WITH_UNIT and one.replanned_at is None:
            found.append(lambda fate: self._reclassify(one, fate))
        return [*found, *self._merging(one, detail)]

    def _merging(self, one: Diary, detail: int) -> list[Act]:
        if one.state == "merged":
            parent = self.diaries[one.parent or 0]
            found: list[Act] = [lambda fate: self.doer.unmerge(one, self.at, fate)]
            if parent.state in ("done_pending_review", "callback"):
                found.append(lambda fate: self.doer.answer(one, parent, self.at, fate))
            return found
        parents = [
            other for other in self.diaries.values()
            if other is not one and other.kind == one.kind and other.state in {"new", *WITH_UNIT}
        ]  # fmt: skip
        if one.state not in ("new", "dispatched", "in_progress") or not parents or detail % 4:
            return []
        chosen = parents[detail % len(parents)]
        return [lambda fate: self._merge(one, chosen, fate)]

    def _reclassify(self, one: Diary, fate: str) -> None:
        kind = self.doer.reclassify(one, self.at, fate)
        policy = self.house.policy(kind, one.at)
        one.reclassify(kind, self.house.rules(policy, one.calendars), policy, self.at)

    def _merge(self, one: Diary, parent: Diary, fate: str) -> None:
        self.doer.merge(one, parent, self.at, fate)
        self.touched.add(parent.pk)
        for child in self.diaries.values():
            if child.state == "merged" and child.parent == one.pk:
                child.happen("merged", self.at)
                child.parent = parent.pk
                self.touched.add(child.pk)

    @rule(hour=st.integers(6, 10), kind=st.sampled_from([None, *LIMITS]))
    def change_the_rules(self, hour: int, kind: Kind | None) -> None:
        """Another version of the office hours or of one kind's limits; what is logged keeps its
        own."""
        if kind is None and self.house.calendar_versions[OFFICE] < 3:
            self.house.write_calendar(OFFICE, time(hour, 15), time(hour + 7))
        elif kind is not None and len(self.house.versions[kind]) < 3:
            self.house.write_policy(kind, Decimal(hour) / 7, self.at)

    @rule(how=st.sampled_from(["at once", "in turns", "dying before", "dying after"]))
    def sweep(self, how: str) -> None:
        """One engine, all its turns until nothing is due; or two, row by row in turns; or one that
        dies before or after its commit."""
        if how == "dying before":
            self._die_before_the_commit()
            return
        if how == "in turns":
            while escalation.fire_due(by=None, at=self.at, limit=1):
                escalation.fire_due(by=None, at=self.at, limit=2)
        if how == "dying after":
            while escalation.fire_due(by=None, at=self.at):
                pass
            assert escalation.fire_due(by=None, at=self.at) == 0
        self._until_idle()
        self._ought_to_fire()

    def _die_before_the_commit(self) -> None:
        write = alarms.Said.write

        def die(said: alarms.Said) -> None:
            write(said)
            raise Crash

        with mock.patch.object(alarms.Said, "write", die), suppress(Crash):
            escalation.fire_due(by=None, at=self.at)

    def _until_idle(self) -> None:
        while sum(fire(by=None, at=self.at) for fire, _ in run_deadlines._FIRE):
            pass

    def _ought_to_fire(self) -> None:
        """The same in the diary: fire, sign for what nobody signed, end the rests that are over."""
        is_changed = True
        while is_changed:
            is_changed = False
            for one in self.diaries.values():
                self.touched.add(one.pk)
                if one.fire(self.at):
                    one.happen("auto_signed", self.at, "in_progress")
                    one.is_signed_by_desk = is_changed = True
                if one.rests_until is not None and one.rests_until <= self.at:
                    one.happen("resumed", self.at, "in_progress")
                    one.rests_until, is_changed = None, True

    @rule(fate=st.sampled_from(["", "lost", "twice", "dies"]))
    def send(self, fate: str) -> None:
        """The relay hands on what waits; the broker may lose it or give it twice, and the worker may
        die when the mail has left and nobody noted it."""
        claimed = delivery.claim(channel=Channel.EMAIL, by=None, at=self.at, limit=5)
        for pk in claimed.fresh + claimed.again:
            if fate == "dies" and self._is_free(pk):
                with pytest.raises(Crash):
                    self._deliver(pk, dies=True)
            for _ in range({"lost": 0, "twice": 2}.get(fate, 1)):
                self._deliver(pk)

    def _is_free(self, pk: int) -> bool:
        row = Outbox.objects.get(pk=pk)
        is_over = row.claimed_until is not None and row.claimed_until <= self.at
        return row.state == OutboxState.PENDING or (row.state == OutboxState.SENDING and is_over)

    def _deliver(self, pk: int, dies: bool = False) -> None:
        def leave(message: Outbox, at: datetime) -> str:
            self.sent.append(message.key)
            if dies:
                self.excused[message.key] += 1
                raise Crash
            return ""

        sink = {Channel.EMAIL: SimpleNamespace(send=leave)}
        with mock.patch.dict(channels.BY_NAME, sink):
            delivery.deliver(message_id=pk, by=None, at=self.at)

    @invariant()
    def what_waits_is_what_the_diary_says(self) -> None:
        rows: dict[int, dict[tuple[str, str, str], datetime]] = {pk: {} for pk in self.diaries}
        for row in Deadline.objects.filter(next_fire_at__isnull=False):
            key = (row.clock, row.measure, row.stage)
            assert key not in rows[row.ticket_id], "two rows wait for one stage"
            assert row.next_fire_at == row.fires_at
            rows[row.ticket_id][key] = row.fires_at
        for pk, one in self.diaries.items():
            assert rows[pk] == one.waiting(), one

    @invariant()
    def what_has_fired_is_what_the_diary_says(self) -> None:
        for pk in self.touched:
            happened = Event.objects.filter(ticket=pk, code__in=STAGE_OF)
            fired = Counter((one.facts["clock"], one.facts["stage"]) for one in happened)
            assert fired == self.diaries[pk].fired

    @invariant()
    def the_rest_holds(self) -> None:
        touched, self.touched = self.touched, set()
        for pk in touched:
            one, ticket = self.diaries[pk], Ticket.objects.get(pk=pk)
            assert (ticket.state, ticket.kind) == (one.state, one.kind)
            assert ticket.policy_id == one.policy.pk
            self._check_clocks(one)
            self._check_effects(one)
            for each in invariants.ALL:
                if each not in OF_ONE_POLICY or one.replanned_at is None:
                    each(self.cast, None, ticket)

    def _check_clocks(self, one: Diary) -> None:
        for row in Clock.objects.filter(ticket=one.pk):
            clock = one.clocks.get((row.name, row.measure))
            if clock is None or (clock.stopped_at and (row.name, row.measure) in one.judged):
                assert row.stopped_at is not None
                continue
            assert (row.started_at, row.due_at) == (clock.started_at, clock.due_at)
            assert row.stopped_at == clock.stopped_at
            assert (row.missed_at is not None) == clock.is_missed, (row.name, row.missed_at)

    def _check_effects(self, one: Diary) -> None:
        """Whatever fired told somebody, once each, and a mail of it waits, left, or is held."""
        for row in Deadline.objects.filter(ticket=one.pk, fired_at__isnull=False):
            assert row.fires_at <= row.fired_at <= self.at, "fired before its time"
            told = list(Notice.objects.filter(key=f"deadline:{row.pk}").select_related("staff"))
            assert told and len({notice.staff_id for notice in told}) == len(told)
            for notice in told:
                key = f"{notice.key}:{notice.staff_id}"
                mails = Outbox.objects.filter(key=f"{key}:email").count()
                assert mails + Held.objects.filter(key=key).count() == 1

    @invariant()
    def nothing_is_sent_twice_unless_its_sender_died(self) -> None:
        for key, times in Counter(self.sent).items():
            assert times <= 1 + self.excused[key], key

    def _settle(self) -> None:
        """In the end everything has left."""
        self._until_idle()
        for _ in range(12):
            self.at += timedelta(minutes=2)
            claimed = delivery.claim(channel=Channel.EMAIL, by=None, at=self.at, limit=5000)
            for pk in claimed.fresh + claimed.again:
                self._deliver(pk)
        mails = Outbox.objects.filter(channel=Channel.EMAIL)
        assert set(mails.values_list("key", flat=True)) == set(self.sent)
        self.nothing_is_sent_twice_unless_its_sender_died()


def test_the_engine_does_what_the_diary_says(cast: Cast) -> None:
    totals: Counter[str] = Counter()
    machine = type("Engine", (Engine,), {"cast": cast, "totals": totals})
    print(f"\nSEED={SEED} ENGINE_STEPS={STEPS}")  # noqa: T201
    run_state_machine_as_test(
        seed(SEED)(machine),
        settings=settings(
            max_examples=max(1, STEPS // EXAMPLE), stateful_step_count=EXAMPLE, deadline=None,
            database=None, suppress_health_check=[*HealthCheck], print_blob=False,
        ),
    )  # fmt: skip
    print(f"done: {dict(sorted(totals.items()))}")  # noqa: T201
    if STEPS >= 600:
        assert len(totals) >= 14, totals
