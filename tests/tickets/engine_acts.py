"""The desk's verbs beside the diary: what somebody does, and what ought to come of it.

Each act picks a ticket for which it makes sense, does it with the real verb, and writes the diary
when it was done; the fate says whether the process dies before or after the commit.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from organisation.models import Staff, Unit
from servicedesk.lib.errors import DeskError
from tests.cast import Cast
from tests.factories.tickets import CATEGORIES
from tests.tickets.engine_model import LIMITS, Diary
from tickets import (
    adjudication,
    approvals,
    contact,
    dispatching,
    lifecycle,
    merging,
    resuming,
    returning,
    telling,
)
from tickets.kinds import Kind, Means, ReturnReason, SuspensionReason
from tickets.models import Approval, Clock, Ticket

Verb = Callable[[Ticket], object]
Act = Callable[[str], object]


class Crash(BaseException):
    """The process dies; nothing catches that."""


class NotDone(Exception):
    """The desk refused, or the process died before the commit: nothing has happened."""


class Doer:
    """Does one thing to one ticket at one instant, with a fate."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.done: dict[str, int] = {}
        self.refused: dict[str, int] = {}

    def do(self, name: str, pk: int, verb: Verb, fate: str) -> None:
        """Raises NotDone unless it is committed. Who dies after the commit tries again, not
        knowing; that must be refused, as the ticket is no more what they were looking at."""
        seen = Ticket.objects.get(pk=pk)
        try:
            with transaction.atomic():
                verb(seen)
                if fate == "before":
                    raise Crash
        except Crash as death:
            raise NotDone from death
        except DeskError as refusal:
            self.refused[name] = self.refused.get(name, 0) + 1
            raise NotDone from refusal
        self.done[name] = self.done.get(name, 0) + 1
        if fate == "after":
            with suppress(DeskError), transaction.atomic():
                verb(seen)
                raise AssertionError(f"{name} was done twice")

    def people(self, diary: Diary) -> tuple[Staff, Unit]:
        """Who works on the ticket, and their unit."""
        cast = self.cast
        return (cast.handler, cast.unit) if diary.unit != "other_unit" else (
            cast.outsider, cast.other_unit
        )  # fmt: skip

    def unit(self, name: str) -> Unit:
        found: Unit = getattr(self.cast, name)
        return found

    def fitting(self, one: Diary, detail: int, at: datetime) -> list[Act]:
        """What makes sense in the state the ticket is in; each takes its fate."""
        state, to = one.state, ("unit", "other_unit")[detail % 2]
        clock, hours = ("reply", "restore", "total")[detail % 3], (1, 30, 200)[detail // 3 % 3]
        is_begun = state in ("dispatched", "in_progress")
        # What leads away from the straight path is rarer, so that some get to its end.
        is_rare, is_very_rare = detail % 3 == 0, detail % 12 == 0
        is_unsigned = state == "dispatched" or (state == "in_progress" and one.is_signed_by_desk)
        is_ours = one.unit == "unit" and (is_begun or state == "suspended")
        table: list[tuple[bool, Act]] = [
            (state == "new" and one.returns < 2, lambda f: self.dispatch(one, to, at, f)),
            (state == "new" and one.returns >= 2, lambda f: self.adjudicate(one, to, at, f)),
            (is_unsigned, lambda f: self.sign(one, at, f)),
            (is_begun, lambda f: self.speak(one, at, f)),
            (is_begun and is_rare, lambda f: self.transfer(one, at, f)),
            (is_begun and is_ours and is_rare, lambda f: self.give_back(one, at, f)),
            (state in ("new", "dispatched") and is_very_rare, lambda f: self.cancel(one, at, f)),
            (state == "in_progress", lambda f: self.finish(one, at, f)),
            (state == "in_progress", lambda f: self.rest(one, 1 + detail % 9, at, f)),
            (state == "suspended", lambda f: self.resume(one, at, f)),
            (is_ours and (clock, "max") in one.clocks,
             lambda f: self.extend(one, clock, hours, at, f)),
            (state == "done_pending_review", lambda f: self.review(one, detail % 3 > 0, at, f)),
            (state == "callback", lambda f: self.close(one, at, f)),
            (state == "closed", lambda f: self.reopen(one, at, f)),
        ]  # fmt: skip
        return [act for fits, act in table if fits]

    def dispatch(self, one: Diary, to: str, at: datetime, fate: str) -> None:
        by = self.cast.dispatcher
        self.do(
            "dispatch", one.pk,
            lambda t: dispatching.dispatch(ticket=t, to=self.unit(to), by=by, at=at), fate,
        )  # fmt: skip
        one.happen("dispatched", at, "dispatched")
        one.unit = to

    def adjudicate(self, one: Diary, to: str, at: datetime, fate: str) -> None:
        by = self.cast.supervisor
        self.do(
            "adjudicate", one.pk,
            lambda t: adjudication.adjudicate(
                ticket=t, to=self.unit(to), basis="1", reason="裁定", by=by, at=at
            ), fate,
        )  # fmt: skip
        one.happen("adjudicated", at, "dispatched")
        one.unit, one.is_ruled = to, True

    def sign(self, one: Diary, at: datetime, fate: str) -> None:
        by, _ = self.people(one)
        version = Ticket.objects.get(pk=one.pk).version
        self.do(
            "sign", one.pk,
            lambda t: dispatching.accept(ticket=t, by=by, at=at, version=version), fate,
        )  # fmt: skip
        one.happen("reassigned" if one.is_signed_by_desk else "signed", at, "in_progress")
        one.is_signed_by_desk = False

    def speak(self, one: Diary, at: datetime, fate: str) -> None:
        by, _ = self.people(one)
        self.do(
            "speak", one.pk,
            lambda t: contact.record(
                ticket=t, means=Means.PHONE, is_reached=True, note="已联系", by=by, at=at
            ), "before" if fate == "before" else "",
        )  # fmt: skip
        one.happen("contacted", at)

    def finish(self, one: Diary, at: datetime, fate: str) -> None:
        by, _ = self.people(one)
        self.do(
            "finish", one.pk,
            lambda t: lifecycle.report_done(
                ticket=t, result="已处理", is_customer_told=True, unfinished_reason="不再等", by=by,
                at=at,
            ), fate,
        )  # fmt: skip
        one.happen("done", at, "done_pending_review")
        one.is_signed_by_desk = False

    def answer(self, one: Diary, parent: Diary, at: datetime, fate: str) -> None:
        by, _ = self.people(parent)
        self.do(
            "answer", one.pk,
            lambda t: merging.answer(child=t, result="已答复", is_customer_told=True, by=by, at=at),
            fate,
        )  # fmt: skip
        one.happen("done", at, "done_pending_review")
        one.unit, one.before_merge = parent.unit, None

    def review(self, one: Diary, is_sound: bool, at: datetime, fate: str) -> None:
        by = self.cast.reviewer
        if is_sound:
            self.do("approve", one.pk, lambda t: lifecycle.approve(ticket=t, by=by, at=at), fate)
            one.happen("approved", at, "callback")
            return
        self.do(
            "reject", one.pk,
            lambda t: lifecycle.reject(ticket=t, reason="不实", by=by, at=at), fate,
        )  # fmt: skip
        one.happen("rejected", at, "in_progress")

    def close(self, one: Diary, at: datetime, fate: str) -> None:
        cast = self.cast
        ticket = Ticket.objects.get(pk=one.pk)
        if not ticket.is_told_settled:
            telling.confirm(ticket=ticket, means=Means.PHONE, by=cast.operator, at=at)
        self.do(
            "close", one.pk,
            lambda t: lifecycle.close(ticket=t, reason="answered", by=cast.callback_agent, at=at),
            fate,
        )  # fmt: skip
        one.happen("closed", at, "closed")

    def reopen(self, one: Diary, at: datetime, fate: str) -> None:
        by = self.cast.callback_agent
        self.do(
            "reopen", one.pk,
            lambda t: lifecycle.reopen(ticket=t, reason="又停了", supervisor=None, by=by, at=at),
            fate,
        )  # fmt: skip
        one.happen("reopened", at, "in_progress")

    def cancel(self, one: Diary, at: datetime, fate: str) -> None:
        by = self.cast.supervisor
        self.do(
            "cancel", one.pk,
            lambda t: lifecycle.cancel(ticket=t, reason="重复", by=by, at=at), fate,
        )  # fmt: skip
        one.happen("cancelled", at, "cancelled")

    def transfer(self, one: Diary, at: datetime, fate: str) -> None:
        to = "unit" if one.unit == "other_unit" else "other_unit"
        by = self.cast.dispatcher
        self.do(
            "transfer", one.pk,
            lambda t: dispatching.transfer(
                ticket=t, to=self.unit(to), reason="不属", by=by, at=at
            ), fate,
        )  # fmt: skip
        one.happen("transferred", at, "dispatched")
        one.unit, one.is_signed_by_desk = to, False

    def give_back(self, one: Diary, at: datetime, fate: str) -> None:
        cast = self.cast
        self.do(
            "return", one.pk,
            lambda t: returning.give_back(
                ticket=t, reason_code=ReturnReason.values[0], reason="不属本所",
                proposed=cast.other_unit, by=cast.leader, at=at,
            ), fate,
        )  # fmt: skip
        one.happen("returned", at, "new")
        one.unit, one.is_signed_by_desk = "", False
        one.returns += 1

    def rest(self, one: Diary, days: int, at: datetime, fate: str) -> None:
        until = at + timedelta(days=days)
        self._granted(
            "rest", one, at, fate, self.people(one)[0], matter=Approval.Matter.SUSPENSION,
            reason_code=SuspensionReason.CUSTOMER_ASKED, until=until,
        )  # fmt: skip
        one.happen("suspended", at, "suspended")
        one.rests_until = until

    def resume(self, one: Diary, at: datetime, fate: str) -> None:
        by = self.cast.supervisor
        self.do(
            "resume", one.pk, lambda t: resuming.resume(ticket=t, reason="到货", by=by, at=at), fate
        )
        one.happen("resumed", at, "in_progress")
        one.rests_until = None

    def extend(self, one: Diary, clock: str, hours: int, at: datetime, fate: str) -> None:
        """Asked for by the leader, granted by the supervisor; too late it undoes nothing."""
        row = Clock.objects.get(ticket=one.pk, name=clock, measure="max")
        until = (row.due_at or at) + timedelta(hours=hours)
        self._granted(
            "extend", one, at, fate, self.cast.leader, matter=Approval.Matter.EXTENSION,
            clock=clock, until=until,
        )  # fmt: skip
        assert row.due_at is not None and at <= row.due_at, "more time was granted too late"
        one.happen("extended", at, clock=clock, until=until)

    def reclassify(self, one: Diary, at: datetime, fate: str) -> Kind:
        kind = next(other for other in LIMITS if other != one.kind)
        self._granted(
            "reclassify", one, at, fate, self.cast.reviewer,
            matter=Approval.Matter.RECLASSIFICATION, new_kind=kind,
            new_category=self.cast.category(CATEGORIES[kind]),
        )  # fmt: skip
        return kind

    def merge(self, one: Diary, parent: Diary, at: datetime, fate: str) -> None:
        by = self.cast.dispatcher
        self.do(
            "merge", one.pk,
            lambda t: merging.merge(
                child=t, parent=Ticket.objects.get(pk=parent.pk), reason="同一停电", by=by, at=at
            ), fate,
        )  # fmt: skip
        one.before_merge = (one.state, one.unit)
        one.happen("merged", at, "merged")
        one.parent, parent.parent = parent.pk, None

    def unmerge(self, one: Diary, at: datetime, fate: str) -> None:
        by = self.cast.dispatcher
        self.do(
            "unmerge", one.pk,
            lambda t: merging.unmerge(child=t, reason="不同", by=by, at=at), fate,
        )  # fmt: skip
        assert one.before_merge is not None
        state, unit = one.before_merge
        state = state if unit else "new"
        # Back where it was, it waits there anew.
        code = {"new": "returned", "dispatched": "transferred"}.get(state, "unmerged")
        one.happen(code, at, state)
        one.unit, one.parent, one.before_merge = unit, None, None

    def _granted(
        self, name: str, one: Diary, at: datetime, fate: str, asker: Staff, **asked: Any
    ) -> None:
        """Asked for and granted in one go; if the grant is refused, nothing was asked."""
        wanted = approvals.Wanted(reason="因故", **asked)

        def ask_and_grant(ticket: Ticket) -> None:
            found = approvals.ask(ticket=ticket, wanted=wanted, by=asker, at=at)
            approvals.grant(approval=found, by=self.cast.supervisor, at=at)

        self.do(name, one.pk, ask_and_grant, "" if fate == "after" else fate)
