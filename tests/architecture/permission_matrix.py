"""Who may open what: one row per address of the desk. An address without a row fails the suite.

Each row says how the address is made, which methods it knows, and what each role gets for a thing
of its own company. Whoever may not see a ticket gets 404 for it, exactly as for one that is not
there, whatever the address; that is tried for all rows that name a ticket.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from organisation.roles import Permission as P
from tests.cast import Cast
from tickets.models import Ticket


@dataclass(frozen=True)
class Row:
    """One address. `needs` empty means everybody signed in; `about` names what it is about."""

    methods: str
    needs: frozenset[P] = frozenset()
    about: str = ""
    is_public: bool = False
    query: str = ""


def _needs(*permissions: P) -> frozenset[P]:
    return frozenset(permissions)


G, B, W = "GET", "GET POST", "POST"

MATRIX: dict[str, Row] = {
    "home": Row(G, is_public=True),
    "healthz": Row(G, is_public=True),
    "login": Row(B, is_public=True),
    "logout": Row(W),
    "organisation:language": Row(W, is_public=True),
    "organisation:presence": Row(W),
    "organisation:people": Row(G),
    "customers:find": Row(G, _needs(P.FIND_CUSTOMER)),
    "customers:customer": Row(G, _needs(P.FIND_CUSTOMER), "customer"),
    "customers:show": Row(B, _needs(P.REVEAL_NUMBER), "customer"),
    "notifications:notices": Row(G),
    "notifications:read-all": Row(W),
    "notifications:outgoing": Row(G, _needs(P.SUPERVISE, P.CONFIGURE)),
    "notifications:send-again": Row(W, _needs(P.SUPERVISE, P.CONFIGURE), "message"),
    "notifications:mailbox": Row(G, _needs(P.READ_MAIL_SINK)),
    "tickets:work": Row(G),
    "tickets:promised": Row(G),
    "tickets:list": Row(G),
    "tickets:of-customer": Row(G, about="customer"),
    "assignment:roster": Row(G),
    "assignment:turn-add": Row(B, _needs(P.CONFIGURE, P.LEAD_UNIT)),
    "assignment:turn": Row(B, _needs(P.CONFIGURE, P.LEAD_UNIT), "turn"),
    "assignment:turn-call-off": Row(W, _needs(P.CONFIGURE, P.LEAD_UNIT), "turn"),
    "assignment:copy-week": Row(W, _needs(P.CONFIGURE, P.LEAD_UNIT)),
    "assignment:territories": Row(G),
    "assignment:territory-give": Row(B, _needs(P.CONFIGURE, P.LEAD_UNIT)),
    "assignment:territory-take": Row(W, _needs(P.CONFIGURE, P.LEAD_UNIT), "turn"),
    "tickets:limits": Row(G),
    "tickets:rules": Row(G, _needs(P.CONFIGURE, P.DISPATCH)),
    "tickets:rule-add": Row(B, _needs(P.CONFIGURE)),
    "tickets:rule": Row(B, _needs(P.CONFIGURE), "turn"),
    "tickets:rule-switch": Row(W, _needs(P.CONFIGURE), "turn"),
    "tickets:try-out": Row(G, _needs(P.CONFIGURE, P.DISPATCH)),
    "tickets:whereabouts": Row(G),
    "tickets:whereabouts-of": Row(B, about="turn"),
    "tickets:overdue": Row(G, _needs(P.SUPERVISE, P.LEAD_UNIT)),
    "tickets:supervision": Row(G, _needs(P.SUPERVISE)),
    "tickets:notes": Row(G, _needs(P.ANNOTATE)),
    "tickets:meeting": Row(G, _needs(P.SUPERVISE, P.LEAD_UNIT)),
    "tickets:disputes": Row(G, _needs(P.SUPERVISE, P.LEAD_UNIT, P.DISPATCH)),
    "tickets:supervise-now": Row(W, _needs(P.SUPERVISE), "ticket"),
    "tickets:report-back": Row(B, _needs(P.HANDLE, P.LEAD_UNIT), "ticket"),
    "tickets:ask-again": Row(B, _needs(P.SUPERVISE), "ticket"),
    "tickets:hand-on": Row(B, _needs(P.SUPERVISE), "ticket"),
    "tickets:end-supervision": Row(B, _needs(P.SUPERVISE), "ticket"),
    "tickets:annotate": Row(B, _needs(P.ANNOTATE), "ticket"),
    "tickets:meeting-decide": Row(B, _needs(P.SUPERVISE, P.LEAD_UNIT), "ticket"),
    "tickets:dispute": Row(B, _needs(P.LEAD_UNIT), "ticket"),
    "tickets:dispute-answer": Row(B, _needs(P.LEAD_UNIT), "dispute"),
    "tickets:dispute-settle": Row(B, _needs(P.SUPERVISE, P.DISPATCH), "dispute"),
    "tickets:findings": Row(G),
    "tickets:appeal": Row(B, about="turn"),
    "tickets:finding": Row(B, _needs(P.REVIEW, P.SUPERVISE), "ticket"),
    "tickets:decide-appeal": Row(B, _needs(P.REVIEW, P.SUPERVISE), "dispute"),
    "tickets:public-chase": Row(W, is_public=True),
    "tickets:board": Row(G, _needs(P.DISPATCH)),
    "tickets:board-many": Row(B, _needs(P.DISPATCH)),
    "tickets:approvals": Row(G, _needs(P.LEAD_UNIT, P.SUPERVISE, P.DISPATCH, P.CALL_BACK)),
    "tickets:approval": Row(B, _needs(P.LEAD_UNIT, P.SUPERVISE, P.DISPATCH, P.CALL_BACK), "approval"),
    "tickets:return": Row(B, _needs(P.HANDLE), "ticket"),
    "tickets:transfer": Row(B, _needs(P.DISPATCH), "ticket"),
    "tickets:adjudicate": Row(B, _needs(P.DISPATCH, P.SUPERVISE), "ticket"),
    "tickets:suspend": Row(B, _needs(P.HANDLE), "ticket"),
    "tickets:resume": Row(B, _needs(P.HANDLE, P.SUPERVISE, P.DISPATCH), "ticket"),
    "tickets:extend": Row(B, _needs(P.LEAD_UNIT), "ticket"),
    "tickets:intake": Row(B, _needs(P.LOG_TICKET)),
    "tickets:intake-caller": Row(G, _needs(P.LOG_TICKET)),
    "tickets:intake-chosen": Row(W, _needs(P.LOG_TICKET), "chosen"),
    "tickets:intake-promise": Row(G, _needs(P.LOG_TICKET)),
    "tickets:ticket": Row(G, about="ticket"),
    "tickets:clocks": Row(G, about="ticket"),
    "tickets:slip": Row(G, _needs(P.LOG_TICKET), "ticket"),
    "tickets:phone": Row(B, _needs(P.REVEAL_NUMBER), "ticket"),
    "tickets:access": Row(B, _needs(P.SEE_CONFIDENTIAL), "report"),
    "tickets:dismiss-reader": Row(W, _needs(P.SEE_CONFIDENTIAL), "reader"),
    "tickets:accused": Row(B, _needs(P.SEE_CONFIDENTIAL), "report"),
    "tickets:readings": Row(G, _needs(P.READ_ACCESS_LOG)),
    "tickets:dispatch": Row(B, _needs(P.DISPATCH, P.LOG_TICKET), "ticket"),
    "tickets:reassign": Row(B, _needs(P.LEAD_UNIT, P.SUPERVISE), "ticket"),
    "tickets:urge": Row(B, _needs(P.URGE), "ticket"),
    "tickets:supervise": Row(B, _needs(P.SUPERVISE), "ticket"),
    "tickets:review": Row(B, _needs(P.REVIEW), "ticket"),
    "tickets:cancel": Row(B, _needs(P.SUPERVISE), "ticket"),
    "tickets:reopen": Row(B, _needs(P.CALL_BACK, P.REVIEW, P.SUPERVISE), "ticket"),
    "tickets:promise": Row(B, _needs(P.LOG_TICKET, P.HANDLE), "ticket"),
    # The tracker's own; a supervisor too may say why nobody could be told.
    "tickets:confirm": Row(B, about="ticket"),
    "tickets:hand-overs": Row(G),
    "tickets:hand-over": Row(B),
    "tickets:hand-over-sheet": Row(G, about="hand-over"),
    "tickets:hand-over-sign": Row(W, about="hand-over"),
    "tickets:hand-over-refuse": Row(W, about="hand-over"),
    "tickets:hand-over-take-back": Row(W, about="hand-over"),
    "tickets:staff": Row(G, _needs(P.CONFIGURE)),
    "tickets:person": Row(G, _needs(P.CONFIGURE), "person"),
    "tickets:staff-deactivate": Row(B, _needs(P.CONFIGURE), "person"),
    "tickets:staff-reactivate": Row(B, _needs(P.CONFIGURE), "person"),
    "tickets:staff-move": Row(B, _needs(P.CONFIGURE), "person"),
    "tickets:accept": Row(W, _needs(P.HANDLE), "ticket"),
    "tickets:contact": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:arrive": Row(B, _needs(P.HANDLE), "ticket"),
    "tickets:done": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:appointments": Row(G, _needs(P.HANDLE, P.LOG_TICKET, P.DISPATCH, P.SUPERVISE)),
    "tickets:reclassifications": Row(G, _needs(P.REVIEW, P.SUPERVISE)),
    "tickets:checklists": Row(G),
    "tickets:checklist-new": Row(B, _needs(P.CONFIGURE)),
    "tickets:checklist": Row(B, _needs(P.CONFIGURE), "code"),
    "tickets:bodies": Row(G),
    "tickets:body-new": Row(B, _needs(P.CONFIGURE)),
    "tickets:body": Row(B, _needs(P.CONFIGURE), "code"),
    "tickets:intake-bring": Row(G, _needs(P.LOG_TICKET)),
    "tickets:refer": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:refuse": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:give-full-list": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:full-list": Row(G, about="full list"),
    "tickets:book": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:appointment-move": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:appointment-settle": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:withdraw": Row(B, _needs(P.HANDLE, P.LEAD_UNIT, P.LOG_TICKET, P.REVIEW), "ticket"),
    "tickets:withdrawal-number": Row(W, _needs(P.CALL_BACK), "withdrawal"),
    "tickets:reclassify": Row(B, _needs(P.REVIEW), "ticket"),
    "tickets:priority": Row(B, _needs(P.SUPERVISE, P.DISPATCH), "ticket"),
    "tickets:tasks": Row(G),
    "tickets:merge": Row(B, _needs(P.DISPATCH, P.LOG_TICKET, P.SUPERVISE), "ticket"),
    "tickets:unmerge": Row(B, _needs(P.DISPATCH, P.SUPERVISE), "ticket"),
    "tickets:children": Row(B, _needs(P.HANDLE, P.LOG_TICKET), "ticket"),
    "tickets:split": Row(B, _needs(P.DISPATCH, P.SUPERVISE), "ticket"),
    "tickets:link": Row(B, _needs(P.LOG_TICKET, P.DISPATCH, P.SUPERVISE), "ticket"),
    "tickets:invite": Row(B, _needs(P.DISPATCH, P.SUPERVISE, P.LEAD_UNIT), "ticket"),
    "tickets:follow-up": Row(
        B, _needs(P.LOG_TICKET, P.HANDLE, P.DISPATCH, P.SUPERVISE, P.CALL_BACK), "ticket"
    ),
    "tickets:task-sign": Row(B, about="task"),
    "tickets:task-finish": Row(B, about="task"),
    "tickets:task-drop": Row(B, about="task"),
    "tickets:import": Row(B, _needs(P.IMPORT)),
    "tickets:import-run": Row(G, _needs(P.IMPORT), "import"),
    "tickets:import-errors": Row(G, _needs(P.IMPORT), "import"),
    "tickets:public-status": Row(B, is_public=True),
    "tickets:engine-chip": Row(G),
    "tickets:engine": Row(G),
    "surveys:desk": Row(G, _needs(P.CALL_BACK, P.SUPERVISE)),
    "surveys:take": Row(W, _needs(P.CALL_BACK, P.SUPERVISE), "invitation"),
    "surveys:call": Row(B, _needs(P.CALL_BACK, P.SUPERVISE), "invitation"),
    "surveys:attempt": Row(W, _needs(P.CALL_BACK, P.SUPERVISE), "invitation"),
    "surveys:of-ticket": Row(G, about="ticket"),
    "surveys:decide": Row(B, _needs(P.SUPERVISE), "ticket"),
    "public_surveys:link": Row(B, about="token", is_public=True),
    "reports:month": Row(G, _needs(P.READ_REPORTS)),
    "reports:tickets": Row(G, _needs(P.READ_REPORTS), "figure"),
    "reports:watch": Row(G, _needs(P.READ_REPORTS)),
    "reports:watch-list": Row(G, _needs(P.READ_REPORTS), "watch list"),
    "reports:watch-count": Row(G, _needs(P.READ_REPORTS), "watch list"),
    "reports:watch-export": Row(W, _needs(P.EXPORT), "watch list"),
    "reports:watch-rules": Row(G, _needs(P.READ_REPORTS)),
    "reports:watch-threshold": Row(B, _needs(P.CONFIGURE), "threshold"),
    "reports:watch-word-add": Row(W, _needs(P.CONFIGURE), "words"),
    "reports:watch-word-remove": Row(W, _needs(P.CONFIGURE), "words"),
    "reports:export": Row(W, _needs(P.EXPORT)),
    "reports:job": Row(G, _needs(P.EXPORT), "job"),
    "reports:file": Row(G, _needs(P.EXPORT), "job"),
}

MAKERS: dict[str, Callable[[Cast, Ticket], dict[str, Any]]] = {
    "": lambda cast, ticket: {},
    "ticket": lambda cast, ticket: {"number": ticket.number},
    "report": lambda cast, ticket: {"number": ticket.number},  # ordinary tickets have no such page
    "withdrawal": lambda cast, ticket: {"number": ticket.number},  # nobody asked for one
    "reader": lambda cast, ticket: {"number": ticket.number, "pk": cast.handler.pk},
    "dispute": lambda cast, ticket: {"number": ticket.number, "pk": 999_999},
    "customer": lambda cast, ticket: {"pk": cast.customer.pk},
    "chosen": lambda cast, ticket: {},  # nobody is chosen, so nobody is found
    "code": lambda cast, ticket: {"code": "not-there"},
    "full list": lambda cast, ticket: {"number": ticket.number, "pk": 999_999},
    "invitation": lambda cast, ticket: {"invitation_id": 999_999},
    "job": lambda cast, ticket: {"job_id": 999_999},
    "token": lambda cast, ticket: {"token": "A" * 22},
    "figure": lambda cast, ticket: {},  # no figure is named, so there is no list
    "watch list": lambda cast, ticket: {"code": "ping-pong"},
    "threshold": lambda cast, ticket: {"code": "ping-pong", "name": "returns"},
    "words": lambda cast, ticket: {"use": "complaint_like"},
    "message": lambda cast, ticket: {"pk": 999_999},
    "task": lambda cast, ticket: {"number": ticket.number, "pk": 999_999},
    "import": lambda cast, ticket: {"pk": 999_999},
    "turn": lambda cast, ticket: {"pk": 999_999},
    "approval": lambda cast, ticket: {"pk": 999_999},
    "hand-over": lambda cast, ticket: {"pk": 999_999},
    "person": lambda cast, ticket: {"pk": cast.handler.pk},
}
