#!/usr/bin/env python3
"""Run every check that needs no running portal, and say all that is wrong, not only the first.

lint.py [NAME …]
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import house_rules

ROOT = Path(__file__).resolve().parent.parent
TYPED = [
    *house_rules.PURE,
    "pumps/fill.py",
    "pumps/program_flow.py",
    "pumps/cross_checks.py",
    "pumps/reference.py",
    "pumps/forecast.py",
    "portal/broker.py",
    *(
        f"portal/education/{name}.py"
        for name in (
            "checks/readability",
            "checks/wording",
            "checks/lint",
            "checks/pairing",
            "checks/links",
            "filing/files",
            "filing/bundle",
            "filing/shipped",
            "filing/transfer",
            "checks/visits",
        )
    ),
]
ACTIONS = ["*/actions.py", "*/actions/*.py", "portal/*/actions.py", "portal/*/actions/*.py"]
PRODUCTION = {
    "ALLOWED_HOSTS": "portal.example.org",
    "SECRET_KEY": "lint-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ",
    "EMAIL_URL": "smtp+tls://portal:secret@mail.example.org:587",
    "DATABASE_URL": "postgresql://portal:secret@db.example.org/portal",
}


def tool(name, *arguments, **environ):
    """Run a tool of the environment and return whether it found nothing."""
    kept = {key: value for key, value in os.environ.items() if key not in {*PRODUCTION, "DEBUG", "DEMO"}}
    command = [sys.executable, "-m", name, *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=kept | environ).returncode == 0


def manage(*arguments, **environ):
    """Run a command of the portal away from the developer's own var/."""
    with tempfile.TemporaryDirectory() as var:
        kept = {key: value for key, value in os.environ.items() if key not in {*PRODUCTION, "DEBUG", "DEMO"}}
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, env=kept | {"VAR_DIR": var} | environ).returncode == 0


def style():
    return tool("ruff", "check", ".") & tool("ruff", "format", "--check", ".")


def types():
    actions = {path for pattern in ACTIONS for path in ROOT.glob(pattern)}
    files = [ROOT / name for name in TYPED if (ROOT / name).exists()]
    return tool("mypy", *files, *sorted(actions))


def templates():
    # djlint prints its findings and a count; quiet when there are none.
    return tool("djlint", "--lint", "--quiet", "templates", *ROOT.glob("p*/**/templates"))


def house():
    findings = house_rules.findings(ROOT)
    print(*findings, sep="\n", end="\n" if findings else "")
    return not findings


def imports():
    executable = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([executable, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        print(done.stdout, done.stderr)
    return done.returncode == 0


def migrations():
    return manage("makemigrations", "--check", "--dry-run")


def deployment():
    return manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)


def catalogues():
    return subprocess.run([sys.executable, "scripts/catalogues.py", "check"], cwd=ROOT).returncode == 0


def content():
    """Check the words of the education pages that ship."""
    return manage("lint_content", "--errors", DEBUG="1")


CHECKS = {
    check.__name__: check
    for check in (style, types, templates, house, imports, migrations, deployment, catalogues, content)
}


def main():
    names = sys.argv[1:] or list(CHECKS)
    unknown = [name for name in names if name not in CHECKS]
    if unknown:
        sys.exit(f"no check named {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    failed = []
    for name in names:
        started = time.monotonic()
        print(f"── {name}", flush=True)
        if not CHECKS[name]():
            failed.append(name)
        print(f"   {'FAILED' if name in failed else 'ok'} in {time.monotonic() - started:.1f} s", flush=True)
    if failed:
        sys.exit(f"Lint failed: {', '.join(failed)}")
    print("Lint passed.")


if __name__ == "__main__":
    main()
