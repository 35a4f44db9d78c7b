"""The entrance of the web server; its database connections carry the web's time limits."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "servicedesk.settings")
os.environ.setdefault("SERVICEDESK_PROCESS", "web")

application = get_wsgi_application()
