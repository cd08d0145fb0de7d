"""The demo's folder belongs to one demo at a time, and a reset deletes nothing else."""

import pytest

from portal.demo import folder


def test_a_second_demo_is_told_where_the_first_one_is(tmp_path):
    first, second = (folder.only_one(tmp_path, f"http://localhost:{port}") for port in (8000, 8123))
    with first, pytest.raises(folder.InUse, match="http://localhost:8000"), second:
        pass
    with folder.only_one(tmp_path, "http://localhost:8123"):
        assert (tmp_path / folder.LOCK).read_text() == "http://localhost:8123"


def test_empty_keeps_the_lock_and_the_key(tmp_path):
    (tmp_path / "secret_key").write_text("k")
    (tmp_path / "portal.sqlite3").write_text("rows")
    (tmp_path / "outbox" / "deep").mkdir(parents=True)
    with folder.only_one(tmp_path, ""):
        folder.empty(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.LOCK, "secret_key"]


def test_empty_does_not_follow_a_link_out_of_the_folder(tmp_path):
    outside, inside = tmp_path / "mine", tmp_path / "demo"
    outside.mkdir()
    inside.mkdir()
    (outside / "letter.txt").write_text("keep")
    (inside / "link").symlink_to(outside)
    folder.empty(inside)
    assert (outside / "letter.txt").read_text() == "keep"
    assert not (inside / "link").exists()


def test_leftovers_of_a_killed_demo_go_and_data_stays(tmp_path):
    (tmp_path / "celerybeat-schedule.db").write_bytes(b"broken")
    (tmp_path / "broker" / "queue").mkdir(parents=True)
    (tmp_path / "portal.sqlite3").write_text("rows")
    folder.drop_leftovers(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["portal.sqlite3"]


def test_leftovers_of_nothing(tmp_path):
    folder.drop_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == []
