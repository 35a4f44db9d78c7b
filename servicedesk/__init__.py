"""The project itself: settings, root addresses, processes, and small tools every app may use.

It owns no domain knowledge. `servicedesk.lib` is below all apps; everything else here is above
them, and only `urls`, `celery` and the processes know which apps exist.
"""
