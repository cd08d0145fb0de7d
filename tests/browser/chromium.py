"""Find the system's Chromium; playwright's own download is not used."""

import os
import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MISSING = (
    "no Chromium on this machine (looked for chromium, chromium-browser, google-chrome; or set CHROMIUM)"
)
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]


def find():
    """Return the path of Chromium, or None."""
    names = [os.environ["CHROMIUM"]] if os.environ.get("CHROMIUM") else NAMES
    return next(filter(None, map(shutil.which, names)), None)


def is_required():
    """Return whether a missing Chromium is a failure, as in CI."""
    return os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"}
