"""Which unit and which person a matter goes to, and why.

Owns routing rules, the duty roster and presence. Knows nothing of tickets: load comes in as a value.
"""
