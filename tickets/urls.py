"""Site map of the tickets."""

from django.urls import path

from tickets import converters  # noqa: F401
from tickets.views import (
    access,
    approvals,
    board,
    desk,
    disputes,
    engine,
    field,
    importing,
    limits,
    meeting,
    notes,
    overdue,
    portal,
    rules,
    sending,
    supervision,
    ticket,
    tracker,
    whereabouts,
    worklist,
)

app_name = "tickets"

urlpatterns = [
    # Lists
    path("work/", worklist.mine, name="work"),
    path("promised/", tracker.promised, name="promised"),
    path("list/", worklist.everything, name="list"),
    path("of-customer/<int:pk>/", worklist.of_customer, name="of-customer"),
    path("limits/", limits.limits, name="limits"),
    path("overdue/", overdue.overdue, name="overdue"),
    path("board/", board.board, name="board"),
    path("board/many/", board.bulk, name="board-many"),
    path("approvals/", approvals.waiting, name="approvals"),
    path("approvals/<int:pk>/", approvals.decide, name="approval"),
    path("supervision/", supervision.supervision, name="supervision"),
    path("notes/", notes.notes, name="notes"),
    path("meeting/", meeting.meeting, name="meeting"),
    path("disputes/", disputes.disputes, name="disputes"),
    # The desk
    path("intake/", desk.intake, name="intake"),
    path("intake/caller/", desk.caller, name="intake-caller"),
    path("intake/caller/chosen/", desk.chosen, name="intake-chosen"),
    path("intake/promise/", desk.promise, name="intake-promise"),
    # Where work goes, and who is there
    path("rules/", rules.rules, name="rules"),
    path("rules/new/", rules.rule_add, name="rule-add"),
    path("rules/try-out/", rules.try_out, name="try-out"),
    path("rules/<int:pk>/", rules.rule, name="rule"),
    path("rules/<int:pk>/switch/", rules.rule_switch, name="rule-switch"),
    path("whereabouts/", whereabouts.board, name="whereabouts"),
    path("whereabouts/<int:pk>/", whereabouts.place, name="whereabouts-of"),
    # Files of other systems
    path("import/", importing.start, name="import"),
    path("import/<int:pk>/", importing.run, name="import-run"),
    path("import/<int:pk>/refused/", importing.refused, name="import-errors"),
    # One ticket
    path("<number:number>/", ticket.ticket, name="ticket"),
    path("<number:number>/slip/", ticket.slip, name="slip"),
    path("<number:number>/phone/", ticket.phone, name="phone"),
    # Confidential reports
    path("readings/", access.readings, name="readings"),
    path("<number:number>/access/", access.access, name="access"),
    path("<number:number>/access/<int:pk>/end/", access.dismiss, name="dismiss-reader"),
    path("<number:number>/accused/", access.accused, name="accused"),
    # One address per move
    path("<number:number>/dispatch/", ticket.dispatch, name="dispatch"),
    path("<number:number>/reassign/", ticket.reassign, name="reassign"),
    path("<number:number>/return/", sending.give_back, name="return"),
    path("<number:number>/transfer/", sending.transfer, name="transfer"),
    path("<number:number>/adjudicate/", sending.adjudicate, name="adjudicate"),
    path("<number:number>/suspend/", sending.suspend, name="suspend"),
    path("<number:number>/resume/", sending.resume, name="resume"),
    path("<number:number>/extend/", sending.extend, name="extend"),
    path("<number:number>/urge/", supervision.urge, name="urge"),
    path("<number:number>/supervise/", supervision.supervise, name="supervise"),
    path("<number:number>/supervise/now/", supervision.supervise_now, name="supervise-now"),
    path("<number:number>/report-back/", supervision.report_back, name="report-back"),
    path("<number:number>/ask-again/", supervision.ask_again, name="ask-again"),
    path("<number:number>/hand-on/", supervision.hand_on, name="hand-on"),
    path("<number:number>/end-supervision/", supervision.end, name="end-supervision"),
    path("<number:number>/annotate/", notes.annotate, name="annotate"),
    path("<number:number>/decide/", meeting.decide, name="meeting-decide"),
    path("<number:number>/dispute/", disputes.dispute, name="dispute"),
    path("<number:number>/dispute/<int:pk>/answer/", disputes.answer, name="dispute-answer"),
    path("<number:number>/dispute/<int:pk>/settle/", disputes.settle, name="dispute-settle"),
    path("<number:number>/review/", ticket.review, name="review"),
    path("<number:number>/cancel/", ticket.cancel, name="cancel"),
    path("<number:number>/reopen/", ticket.reopen, name="reopen"),
    path("<number:number>/promise/", tracker.promise, name="promise"),
    path("<number:number>/confirm/", tracker.confirm, name="confirm"),
    path("<number:number>/accept/", field.accept, name="accept"),
    path("<number:number>/contact/", field.contact, name="contact"),
    path("<number:number>/arrive/", field.arrive, name="arrive"),
    path("<number:number>/done/", field.done, name="done"),
    # For customers, without signing in
    path("status/", portal.status, name="public-status"),
    path("status/chase/", portal.chase, name="public-chase"),
    # The engine itself
    path("engine/chip/", engine.chip, name="engine-chip"),
    path("engine/", engine.health, name="engine"),
]
