"""The processes of one machine: embedded servers, who uses them, and what keeps them running.

Nothing here knows Django or the domain, so that it works before either can be loaded.
"""
