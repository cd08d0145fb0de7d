"""The Celery application: it wakes the reminder engine up and carries ids only."""

import os
import sys

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from portal import broker  # noqa: F401  (registers the lossless filesystem transport)
from portal.env import BadSetting

try:
    from portal import settings  # noqa: F401  (a bad value is refused here, in one line)
except BadSetting as error:
    sys.exit(str(error))

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["portal.reminders"])
