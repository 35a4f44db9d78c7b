"""Dates and times as the writing rules want them; settings name this as FORMAT_MODULE_PATH."""
