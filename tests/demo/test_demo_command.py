"""The demo as a newcomer meets it: started, opened, stopped, with nothing left running."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.demo.test_accounts import ROOT, environ, run
from tests.demo.test_ports import free_port

pytestmark = pytest.mark.faults


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("demo")


class Started:
    """A demo in a session of its own, as in a terminal."""

    def __init__(self, folder, *arguments):
        self.port = free_port()
        self.output = folder / "output.txt"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "demo", "--port", str(self.port), *arguments],
            cwd=ROOT,
            env=environ(folder),
            stdin=subprocess.DEVNULL,
            stdout=self.output.open("w"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def wait_for(self, text, seconds=150):
        until = time.monotonic() + seconds
        while text not in self.output.read_text():
            assert self.process.poll() is None, self.output.read_text()
            assert time.monotonic() < until, self.output.read_text()
            time.sleep(0.1)
        return self.output.read_text()

    def wait_for_reminder(self, folder, seconds):
        until = time.monotonic() + seconds
        while not any((folder / "outbox").glob("*.json")):
            assert time.monotonic() < until, (folder / "worker.log").read_text()[-2000:]
            time.sleep(0.2)

    def status(self, path, host):
        connection = http.client.HTTPConnection(host, self.port, timeout=10)
        connection.request("GET", path)
        return connection.getresponse().status

    def signal(self, number):
        os.killpg(self.process.pid, number)

    def end(self):
        """Return the exit code; kill what is left."""
        try:
            return self.process.wait(timeout=40)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def is_any_left(self, seconds):
        """Return whether any process of the session is still there after some time."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not living_in_group(self.process.pid):
                return False
            time.sleep(0.1)
        os.killpg(self.process.pid, signal.SIGKILL)
        return True


def living_in_group(group):
    """Return whether a process group has a process that runs; a dead one that nobody has collected does not."""
    if not os.path.isdir("/proc/self"):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return False
        return True
    for entry in os.scandir("/proc"):
        try:
            state, _parent, found = Path(entry.path, "stat").read_text().rpartition(") ")[2].split()[:3]
        except (OSError, ValueError):
            continue
        if int(found) == group and state not in "ZX":
            return True
    return False


@pytest.fixture
def start(folder):
    started = []

    def begin(*arguments):
        started.append(Started(folder, *arguments))
        return started[-1]

    yield begin
    for each in started:
        try:
            os.killpg(each.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        each.process.wait()


def test_it_starts_answers_and_stops_with_one_ctrl_c(start, folder):
    demo = start()
    said = demo.wait_for("/demo/outbox/")
    assert f"http://localhost:{demo.port}" in said
    assert "kim.tran@oak.example" in said
    assert [demo.status("/", host) for host in ("127.0.0.1", "localhost")] == [200, 200]
    second = run(folder, "--port", str(demo.port))
    assert second.stderr.startswith(f"Port {demo.port} is taken.")
    third = run(folder, "--port", str(free_port()), "--reset")
    assert f"http://localhost:{demo.port}" in third.stderr
    assert demo.status("/", "127.0.0.1") == 200
    demo.signal(signal.SIGINT)
    assert demo.end() == 0
    assert not demo.is_any_left(1)
    assert "nothing is left running" in demo.output.read_text()


def test_reminders_arrive_and_nothing_outlives_a_killed_demo(start, folder):
    demo = start()
    demo.wait_for("Ready after")
    demo.wait_for_reminder(folder / "demo", seconds=120)
    os.kill(demo.process.pid, signal.SIGKILL)
    demo.end()
    assert not demo.is_any_left(15)
    again = start()
    assert "kept as you left it" in again.wait_for("Ready after")
    again.signal(signal.SIGHUP)
    again.end()
    assert not again.is_any_left(1)


def test_reset_begins_afresh(folder):
    (folder / "demo").mkdir(exist_ok=True)
    mark = folder / "demo" / "outbox" / "old.json"
    mark.parent.mkdir(exist_ok=True)
    mark.write_text(json.dumps({}))
    done = run(folder, "--reset", "--prepare-only")
    assert done.returncode == 0, done.stderr
    assert "deleted" in done.stdout
    assert "72 pumps" in done.stdout
    assert not mark.exists()
