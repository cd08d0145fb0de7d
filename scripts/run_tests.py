#!/usr/bin/env python3
"""Run the tests twice, on PostgreSQL and on SQLite; with_services.py brings the servers.

    run_tests.py [--long] [PYTEST ARGUMENTS …]

What only PostgreSQL can hold runs there only, and browser tests run once. It stops at the first of the two that fails.
"""

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.browser import chromium  # noqa: E402

# A developer's own settings must not decide what is tested.
DEPLOYMENT = ("ALLOWED_HOSTS", "DEBUG", "DEMO", "EMAIL_URL", "MAIL_FROM", "PUBLIC_URL", "SECRET_KEY")
WORKERS = os.environ.get("TEST_WORKERS", "2")


def main():
    # Ctrl-C reaches pytest too, which ends in its own words.
    signal.signal(signal.SIGINT, lambda *_: None)
    arguments = sys.argv[1:]
    long = "--long" in arguments
    arguments = [argument for argument in arguments if argument != "--long"]
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        sys.exit("Run this under scripts/with_services.py, or simply: make test")
    if chromium.find() is None:
        if chromium.is_required():
            sys.exit(f"Browser tests are required, and there is {chromium.MISSING}.")
        say(f"Browser tests are skipped: {chromium.MISSING}. On Debian: apt-get install chromium")
    which = "long" if long else "not long"
    code = run("PostgreSQL and Redis", which, arguments, without=())
    return code or run(
        "SQLite", f"{which} and not browser and not postgres", arguments, without=("DATABASE_URL",)
    )


def run(title, which, arguments, without):
    """Run pytest with its files in a folder that goes away."""
    say(f"Tests on {title}")
    with tempfile.TemporaryDirectory(prefix="pump-portal-var-") as var:
        environ = {name: value for name, value in os.environ.items() if name not in (*DEPLOYMENT, *without)}
        environ["VAR_DIR"] = var
        if which.startswith("long"):
            environ.setdefault("HYPOTHESIS_PROFILE", "long")
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-n",
            WORKERS,
            "--dist",
            "loadfile",
            "-m",
            which,
            *arguments,
        ]
        return subprocess.run(command, cwd=ROOT, env=environ).returncode


def say(words):
    print(f"\n{words}\n", flush=True)


if __name__ == "__main__":
    sys.exit(main())
