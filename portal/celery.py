"""The Celery application: it wakes the reminder engine up and carries ids only."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

from portal import broker  # noqa: F401  (registers the lossless filesystem transport)

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["portal.reminders"])
