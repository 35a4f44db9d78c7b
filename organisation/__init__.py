"""Units, staff, roles and working calendars: who there is, where they belong, when they work.

Owns the tree of units, territories, the user account, roles and permissions, and versioned
calendars. Knows nothing of customers or tickets.
"""
