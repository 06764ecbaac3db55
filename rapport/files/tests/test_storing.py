import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from rapport.files import storing
from rapport.files.errors import FileMissing
from rapport.files.models import StoredFile

pytestmark = pytest.mark.django_db


def test_the_same_bytes_are_stored_once() -> None:
    first, second = storing.store_bytes(b"roses"), storing.store_bytes(b"roses")
    assert first == second
    assert StoredFile.objects.count() == 1
    assert storing.read(first.sha256) == b"roses"


def test_a_spooled_file_is_copied_in_and_left_to_its_owner(tmp_path: Path) -> None:
    spool = tmp_path / "upload"
    spool.write_bytes(b"x" * 3_000_000)
    row = storing.store_path(spool)
    assert (row.size, storing.read(row.sha256)) == (3_000_000, spool.read_bytes())


def test_stored_bytes_are_readable_by_the_owner_alone() -> None:
    row = storing.store_bytes(b"private")
    assert storing.path_of(row.sha256).stat().st_mode & 0o077 == 0


def test_bytes_and_their_name_are_synced_before_the_call_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def watched(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}"))
        real(handle)

    monkeypatch.setattr(os, "fsync", watched)
    sha256 = storing.write_blob(os.urandom(32))
    assert any(sha256 in path for path in synced)
    assert str(storing.path_of(sha256).parent) in synced


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "a" * 63, "a" * 64 + "/"])
def test_nothing_but_a_hash_names_a_path(name: str) -> None:
    with pytest.raises(ValueError, match="64"):
        storing.path_of(name)


def test_a_lost_file_says_so() -> None:
    with pytest.raises(FileMissing, match="backup"):
        storing.read("0" * 64)


def test_the_same_file_copied_in_twice_at_once_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = tmp_path / "upload"
    spool.write_bytes(os.urandom(16))  # never stored before
    real = shutil.copyfileobj

    def second_comes_between(*given: Any) -> None:
        real(*given)
        monkeypatch.setattr(shutil, "copyfileobj", real)
        storing.store_path(spool)

    monkeypatch.setattr(shutil, "copyfileobj", second_comes_between)
    row = storing.store_path(spool)
    assert storing.read(row.sha256) == spool.read_bytes()
    assert [path.name for path in storing.path_of(row.sha256).parent.glob(".*")] == []
