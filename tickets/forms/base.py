"""The form every form of tickets is made of."""

from servicedesk.lib.desk_form import DeskForm

__all__ = ["DeskForm"]
