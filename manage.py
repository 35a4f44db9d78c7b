#!/usr/bin/env python3
"""Start here: `python manage.py help` lists what the desk can be told to do."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")
    from servicedesk.processes import command_line

    command_line.run(sys.argv)
