"""The limits of a ticket chosen anew after its kind, its level or its customer changed (effect).

Suspension, urging and handing on never touch the choice. Whatever changed, the receipt stays the
first one (domain §2b.5), and what was judged by the limits so far stays judged.
"""

from tickets import policies, schedule, transition


def choose_again(step: transition.Step) -> bool:
    """Within a step: give the ticket the limits that hold for what it is now, and plan it by them;
    tells whether they are others. A ticket from a file has none.

    The limits are those of the receipt, or of the version that somebody put it under since.
    """
    ticket = step.ticket
    if ticket.source:
        return False
    at = ticket.received_at
    if ticket.policy is not None:
        at = max(at, ticket.policy.effective_at)
    policy = policies.choose(ticket=ticket, at=at)
    if policy == ticket.policy:
        return False
    step.facts |= {"limits_before": _name(ticket.policy), "limits": _name(policy)}
    schedule.judge_by(ticket=ticket, policy=policy, at=step.at)
    step.is_judged_anew = True
    return True


def _name(policy: policies.Policy | None) -> str:
    return f"{policy.code} {policy.version}" if policy else ""
