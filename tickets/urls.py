"""Site map of the tickets."""

from django.urls import path

from tickets import converters  # noqa: F401
from tickets.views import (
    access,
    desk,
    engine,
    field,
    importing,
    limits,
    overdue,
    portal,
    rules,
    ticket,
    whereabouts,
    tracker,
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
    path("<number:number>/urge/", ticket.urge, name="urge"),
    path("<number:number>/supervise/", ticket.supervise, name="supervise"),
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
    # The engine itself
    path("engine/chip/", engine.chip, name="engine-chip"),
    path("engine/", engine.health, name="engine"),
]
