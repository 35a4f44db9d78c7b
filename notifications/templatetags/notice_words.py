"""The words of an in-app notice: codes in rows, words here. {% load notice_words %}"""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from notifications.models import Notice

register = template.Library()

_TITLES: dict[str, Promise] = {
    "dispatched": _("Sent to you: please sign for it"),
    "reassigned": _("Given to you by your unit"),
    "auto_signed": _("Nobody signed in time: the desk signed for the unit"),
    "returned": _("Returned by the unit"),
    "transferred": _("Passed on to another unit"),
    "adjudicated": _("Adjudicated: the ruling binds"),
    "asked": _("Waits for your decision"),
    "granted": _("Your request was granted"),
    "request_refused": _("Your request was refused"),
    "suspended": _("Suspended until the review date"),
    "resumed": _("The work goes on"),
    "extended": _("More time granted: tell the customer"),
    "taken_away": _("Given to a colleague"),
    "done": _("The unit reports it done"),
    "rejected": _("Sent back in review"),
    "sent_back": _("The customer is dissatisfied: handle it again"),
    "to_supervise": _("For your supervision: the customer is dissatisfied"),
    "to_decide": _("For your decision: dissatisfied for the second time"),
    "to_confirm": _("Confirm that the customer was told, so that it can close"),
    "update_promised": _("An update was promised to your customer"),
    "update_missed": _("A promised update was missed"),
    "nobody_has_it": _("A ticket that nobody has: see who takes it"),
    "hand_over_to_sign": _("A hand-over list for your signature"),
    "hand_over_signed": _("Your hand-over list was signed"),
    "hand_over_refused": _("Your hand-over list was refused"),
    "hand_over_taken_back": _("A hand-over list was taken back"),
    "hand_over_unsigned": _("A hand-over list is unsigned past its limit"),
    "closed": _("Closed"),
    "cancelled": _("Cancelled"),
    "urged": _("The customer asks again"),
    "supervised": _("Put under supervision"),
    "supervision_suggested": _("Looks like a case to supervise"),
    "supervision_to_end": _("The callback is over: end your supervision"),
    "supervision_taken": _("Another supervisor took over from you"),
    "supervision_ended": _("Supervision ended"),
    "reported_back": _("The unit reported back to you"),
    "annotated": _("An executive wrote a note"),
    "bypassed": _("A complaint went to a higher level past this one"),
    "dispute_answered": _("The other unit answered in the dispute"),
    "found": _("A finding of responsibility names you or your unit"),
    "appealed": _("A finding was appealed"),
    "appeal_decided": _("An appeal was decided"),
    "dispute_settled": _("A dispute was settled"),
    "reminded": _("A limit is near"),
    "overdue": _("A limit is missed"),
    "escalated": _("Escalated to you"),
    "called_again": _("Still not acknowledged: escalated to you"),
    "quiet_cut": _("Your quiet hours were shortened by rule"),
    "limit_warned": _("Above the promised average"),
    "task_opened": _("A task for you or your unit"),
    "task_done": _("A task is done"),
    "task_dropped": _("A task was dropped"),
    "task_near": _("A task is due soon"),
    "task_missed": _("A task is overdue"),
    "child_merged": _("Another ticket was merged into this one"),
    "merged": _("Merged into another ticket"),
    "unmerged": _("The merge was undone"),
    "child_urged": _("The customer of a merged ticket asks again"),
    "child_contacted": _("A colleague spoke with the customer of a merged ticket"),
    "children_to_answer": _("Merged tickets wait for an answer of their own"),
    "split": _("Split off from another ticket"),
    "follow_up_open": _("A promised follow-up keeps this ticket from closing"),
    "named_reader": _("You were named to read a confidential report"),
    "report_entrusted": _("Entrusted to you: a confidential report"),
    "reader_wanted": _(
        "A confidential report has nobody who may read it: appoint a reviewer or supervisor outside"
        " the units concerned"
    ),
    "booked": _("An appointment for you to keep"),
    "appointment_missed": _("A window is over and nobody came"),
    "asked_again": _("The customer was asked for more a second time"),
    "withdrawn": _("Withdrawn by the customer"),
    "reclassified": _("Filed as another kind: look at the limits"),
    "calendar_taken": _("A newer calendar moved the due times"),
    "replanned": _("Judged by newer limits: look at the due times"),
    "priority_changed": _("Another priority or level"),
    "level_raised": _("Raised to a graver level by rule"),
}


@register.simple_tag
def notice_title(notice: Notice) -> str:
    """What happened, in the reader's language; an unknown code as it is."""
    return str(_TITLES.get(notice.code, notice.code))


@register.simple_tag
def title_of(code: str) -> str:
    """The same for a bare code."""
    return str(_TITLES.get(code, code))
