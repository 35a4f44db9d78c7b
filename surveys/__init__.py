"""Asking the customer: who is drawn, the call, the link, the answer.

Reads reviewed tickets by itself; an unsatisfied answer goes back through the tickets' own verbs.
"""
