"""The WSGI application, for gunicorn."""

import os
import sys

from django.core.wsgi import get_wsgi_application

from portal.env import BadSetting

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
# With this exit gunicorn ends as a whole; any other and it would start the worker over and over.
GUNICORN_GIVES_UP = 4

try:
    application = get_wsgi_application()
except BadSetting as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(GUNICORN_GIVES_UP)
