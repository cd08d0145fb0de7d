"""What a killed worker runs: sweeps until there is nothing left, in a process of its own.

load.py SMTP_PORT
"""

import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"


def main():
    import django
    from django.conf import settings

    django.setup()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(sys.argv[1])
    settings.REMINDER_LEASE_SECONDS = 1
    from portal.reminders import engine

    print("ready", flush=True)
    while True:
        engine.sweep()
        time.sleep(0.05)


if __name__ == "__main__":
    main()
