from __future__ import annotations

import io
import os
import stat

import pytest

from rapport.kit import durable


def test_what_was_written_is_read_back_whole(tmp_path):
    data = os.urandom(3_000_000)
    durable.write_durably(tmp_path / "a", data)
    assert (tmp_path / "a").read_bytes() == data


def test_an_older_file_is_replaced_and_nothing_else_is_left(tmp_path):
    durable.write_durably(tmp_path / "a", b"old")
    durable.write_durably(tmp_path / "a", b"")
    assert (tmp_path / "a").read_bytes() == b""
    assert os.listdir(tmp_path) == ["a"]


def test_a_long_name_is_no_obstacle(tmp_path):
    durable.write_durably(tmp_path / ("n" * 255), b"x")
    assert os.listdir(tmp_path) == ["n" * 255]


@pytest.mark.parametrize("mode", [0o600, 0o640])
def test_the_mode_is_exact_whatever_the_umask(tmp_path, mode):
    before = os.umask(0o077)
    try:
        durable.write_durably(tmp_path / "a", b"x", mode=mode)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == mode


@pytest.fixture
def calls(monkeypatch):
    """The order of what reaches the disk: fsync of the file, rename, fsync of the folder."""
    seen: list[str] = []
    fsync, replace = os.fsync, os.rename

    def noted_fsync(handle):
        seen.append("fsync folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "fsync file")
        fsync(handle)

    def noted_replace(source, target, **rest):
        seen.append("rename")
        replace(source, target)

    monkeypatch.setattr(os, "fsync", noted_fsync)
    monkeypatch.setattr(os, "replace", noted_replace)
    return seen


def test_the_content_is_on_disk_before_its_name_and_the_name_before_the_return(tmp_path, calls):
    durable.write_durably(tmp_path / "a", b"x")
    assert calls == ["fsync file", "rename", "fsync folder"]


@pytest.mark.parametrize("step", ["fsync", "replace", "fchmod"])
def test_a_failure_leaves_the_old_file_and_no_temporary_one(tmp_path, monkeypatch, step):
    durable.write_durably(tmp_path / "a", b"old")

    def disk_full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, step, disk_full)
    with pytest.raises(OSError, match="No space left"):
        durable.write_durably(tmp_path / "a", b"new")
    monkeypatch.undo()
    assert (tmp_path / "a").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a"]


def test_a_write_that_takes_only_a_part_goes_on_with_the_rest(tmp_path, monkeypatch):
    class Reluctant(io.FileIO):
        def write(self, data):
            return super().write(bytes(data[:7]))

    monkeypatch.setattr(os, "fdopen", lambda handle, *_args, **_more: Reluctant(handle, "wb"))
    durable.write_durably(tmp_path / "a", b"longer than seven bytes")
    assert (tmp_path / "a").read_bytes() == b"longer than seven bytes"


def test_a_folder_that_is_not_there_is_an_error(tmp_path):
    with pytest.raises(FileNotFoundError):
        durable.write_durably(tmp_path / "none" / "a", b"x")


def test_several_at_once_are_all_on_disk_before_the_first_name_and_all_names_before_the_return(tmp_path, calls):
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    files = [(tmp_path / "one" / "a", b"a"), (tmp_path / "one" / "b", b"b"), (tmp_path / "two" / "c", b"c")]
    durable.write_all_durably(files)
    assert calls == ["fsync file"] * 3 + ["rename"] * 3 + ["fsync folder"] * 2
    assert [path.read_bytes() for path, _ in files] == [b"a", b"b", b"c"]


def test_when_one_of_several_fails_its_error_is_told_and_nothing_half_is_left(tmp_path):
    with pytest.raises(FileNotFoundError):
        durable.write_all_durably([(tmp_path / "a", b"a"), (tmp_path / "nowhere" / "b", b"b")])
    assert os.listdir(tmp_path) == []
