"""The filesystem broker, with real processes that publish at once."""

import os
import subprocess
import sys
from pathlib import Path
from queue import Empty

import pytest
from kombu import Connection

from portal import broker

ROOT = Path(__file__).resolve().parents[2]
PUBLISHERS, EACH = 4, 750  # 3,000 messages in all

PUBLISH = """
import sys
from tests.portal.test_broker import connect
start, count, size = (int(arg) for arg in sys.argv[2:5])
with connect(sys.argv[1]) as connection:
    queue = connection.SimpleQueue("work")
    for number in range(start, start + count):
        queue.put({"number": number, "filler": "x" * size})
    queue.close()
"""

READ = """
import sys, time
from queue import Empty
from tests.portal.test_broker import connect
with connect(sys.argv[1]) as connection:
    queue = connection.SimpleQueue("work")
    while True:
        try:
            message = queue.get(timeout=5)
        except Empty:
            break
        print(message.payload["number"])
        message.ack()
"""


def connect(folder):
    return Connection(
        "filesystem-safe://",
        transport_options={
            "data_folder_in": f"{folder}/queue",
            "data_folder_out": f"{folder}/queue",
            "control_folder": f"{folder}/control",
        },
    )


def publisher(folder, start, size, count=EACH):
    command = [sys.executable, "-c", PUBLISH, folder, start, count, size]
    return subprocess.Popen([str(part) for part in command], cwd=ROOT)


def read(connection, writers):
    """Return the numbers of all messages, reading while they are written."""
    numbers, queue = [], connection.SimpleQueue("work")
    while True:
        writing = any(writer.poll() is None for writer in writers)
        try:
            while True:
                message = queue.get_nowait()
                numbers.append(message.payload["number"])
                message.ack()
        except Empty:
            if not writing:
                return numbers


@pytest.mark.parametrize("size", [10, 20_000])
def test_nothing_is_lost_while_several_processes_publish(tmp_path, size):
    writers = [publisher(tmp_path, turn * EACH, size) for turn in range(PUBLISHERS)]
    with connect(tmp_path) as connection:
        numbers = read(connection, writers)
    assert [writer.wait() for writer in writers] == [0] * PUBLISHERS
    assert sorted(numbers) == list(range(PUBLISHERS * EACH))
    assert list((tmp_path / "queue").iterdir()) == []


def test_two_readers_never_get_the_same_message(tmp_path):
    with connect(tmp_path) as first, connect(tmp_path) as second:
        queues = [first.SimpleQueue("work"), second.SimpleQueue("work")]
        for number in range(10):
            queues[0].put(number)
        got = [queues[number % 2].get_nowait().payload for number in range(10)]
    assert got == list(range(10))


def test_size_and_purge_count_whole_messages_of_one_queue(tmp_path):
    with connect(tmp_path) as connection:
        work, other = connection.SimpleQueue("work"), connection.SimpleQueue("other")
        work.put(1)
        work.put(2)
        other.put(3)
        (tmp_path / "queue" / "1.work.msg.abc.draft").write_text("half")
        assert (work.qsize(), other.qsize()) == (2, 1)
        assert (work.clear(), work.qsize(), other.qsize()) == (2, 0, 1)


def test_a_deleted_queue_leaves_the_table(tmp_path):
    with connect(tmp_path) as connection:
        channel = connection.channel()
        connection.SimpleQueue("work")
        connection.SimpleQueue("other")
        channel.queue_delete("work")
        assert [row.queue for row in channel.get_table("other")] == ["other"]
        assert [row.queue for row in channel.get_table("work")] == []
        assert channel.get_table("unknown") == []


def test_a_failed_write_leaves_nothing_behind(tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "full").touch()
    with pytest.raises(OSError, match="taken"):
        broker.write_whole(tmp_path / "taken", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


@pytest.mark.long
def test_several_readers_share_many_messages_without_losing_or_doubling_any(tmp_path):
    each = 1000 if os.environ.get("LONG_SCALE") == "short" else 10_000
    command = [sys.executable, "-c", READ, str(tmp_path)]
    readers = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    writers = [publisher(tmp_path, turn * each, 2_000, each) for turn in range(PUBLISHERS)]
    numbers = [int(line) for reader in readers for line in reader.communicate()[0].split()]
    assert [process.wait() for process in [*writers, *readers]] == [0] * (PUBLISHERS + 3)
    assert sorted(numbers) == list(range(PUBLISHERS * each))
