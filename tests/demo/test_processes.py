"""Children are started together, watched, and none outlives the demo."""

import os
import signal
import threading
import time

import pytest

from portal.demo import child
from portal.demo.processes import Child, Failed, Processes, commands

WAITS = "import time; time.sleep(60)"


@pytest.fixture
def family(tmp_path, monkeypatch):
    """Return a function that makes children out of a few lines of Python each."""
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    monkeypatch.setattr(child, "SECONDS_TO_STOP", 1)
    said = []

    def make(*codes):
        for at, code in enumerate(codes):
            (tmp_path / f"part{at}.py").write_text(code)
        children = [Child(f"part{at}", [f"part{at}"], tmp_path / f"part{at}.log") for at in range(len(codes))]
        environ = {**os.environ, "PYTHONPATH": f"{os.getcwd()}{os.pathsep}{tmp_path}"}
        made = Processes(children, environ, tmp_path, said.append)
        made.said = said
        return made

    yield make
    for number, handler in handlers.items():
        signal.signal(number, handler)


def pids(family):
    return [each.process.pid for each in family.children]


def soon(number, after=0.3):
    threading.Timer(after, os.kill, [os.getpid(), number]).start()


def gone(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all(family, number):
    both = family(WAITS, WAITS)
    with both.running():
        soon(number)
        both.watch()
    assert all(map(gone, pids(both)))


def test_a_background_job_of_a_script_hears_ctrl_c(family):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    one = family(WAITS)
    with one.running():
        soon(signal.SIGINT)
        one.watch()
    assert all(map(gone, pids(one)))


def test_under_nohup_a_closed_terminal_stops_nothing(family):
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    one = family(WAITS)
    with one.running():
        soon(signal.SIGHUP, 0.1)
        soon(signal.SIGTERM, 0.6)
        begun = time.monotonic()
        one.watch()
    assert time.monotonic() - begun > 0.4


def test_a_closed_terminal_ends_it_even_when_make_keeps_the_signal(family, monkeypatch):
    ours, theirs = os.openpty()
    keyboard = os.dup(0)
    os.dup2(theirs, 0)
    os.close(theirs)
    try:
        one = family(WAITS)
        with one.running():
            threading.Timer(0.3, os.close, [ours]).start()
            one.watch()
        assert all(map(gone, pids(one)))
        assert not one.signals
    finally:
        os.dup2(keyboard, 0)
        os.close(keyboard)


def test_a_second_signal_kills_what_does_not_listen(family):
    deaf = family(
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('x', flush=True); time.sleep(60)"
    )
    with deaf.running():
        deaf.wait_until(lambda: "x" in deaf.children[0].log.read_text(), 10)
        soon(signal.SIGINT, 0.1)
        soon(signal.SIGINT, 0.8)
        deaf.watch()
        begun = time.monotonic()
    assert time.monotonic() - begun < 5
    assert all(map(gone, pids(deaf)))


def test_a_child_that_does_not_start_shows_the_end_of_its_log(family):
    bad = family(WAITS, "raise SystemExit('no such folder')")
    with pytest.raises(Failed, match=r"part1 process did not start(.|\n)*no such folder"), bad.running():
        bad.wait_until(lambda: False, 20)
    assert all(map(gone, pids(bad)))


def test_no_page_in_time_is_a_failure(family):
    slow = family(WAITS)
    with pytest.raises(Failed, match="No page after 0 seconds"), slow.running():
        slow.wait_until(lambda: False, 0.2)


def test_a_dead_child_is_started_again_and_said(family):
    one = family(WAITS)
    with one.running():
        first = one.children[0].process
        os.kill(first.pid, signal.SIGKILL)
        soon(signal.SIGINT, 0.8)
        one.watch()
    assert one.children[0].process.pid != first.pid
    assert "part0 process ended (-9) and is started again" in one.said[0]


def test_a_child_that_keeps_dying_ends_the_demo(family):
    bad = family("raise SystemExit('again')")
    with pytest.raises(Failed, match=r"keeps ending(.|\n)*again"), bad.running():
        bad.watch()


def test_children_do_not_hear_the_terminal(family):
    one = family(
        "import signal; print(sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])), flush=True)\n" + WAITS
    )
    with one.running():
        one.wait_until(lambda: "SIGINT" in one.children[0].log.read_text(), 10)
    assert "SIGHUP" in one.children[0].log.read_text()
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, [])


def test_a_child_stops_when_the_other_end_of_its_pipe_closes(family):
    """However the demo dies, also where Linux's own signal is missing."""
    one = family(WAITS)
    one.children[0].start(one.environ, one.base, one.pipe)
    os.close(one._end)
    one.children[0].process.wait(timeout=10)


def test_the_worker_takes_the_flags_of_the_folder_queue(tmp_path):
    made = commands(tmp_path, ["127.0.0.1:8000", "[::1]:8000"])
    assert list(made) == ["web", "worker", "beat"]
    assert {"--without-gossip", "--without-mingle", "--without-heartbeat"} <= set(made["worker"])
    assert "--bind=[::1]:8000" in made["web"]
    assert f"--schedule={tmp_path}/celerybeat-schedule" in made["beat"]
