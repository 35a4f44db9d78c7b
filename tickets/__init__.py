"""The ticket from first contact to archive: its moves, its clocks, its people, its history.

Every change goes through one table of moves (states) and one step (transition). Deadlines are
rows; what happens when one fires is in escalation.
"""
