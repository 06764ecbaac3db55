"""`rapport backup`: whole or not there, nobody else's to read, without what opens it."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import tarfile
from pathlib import Path

import pytest

from tests.backups import looking
from tests.backups.furnishing import CANARIES
from tests.faults import installation
from tests.servers.product import Product


def content(archive: Path) -> dict[str, bytes]:
    with tarfile.open(archive) as tar:
        return {info.name: found.read() for info in tar if (found := tar.extractfile(info))}


def test_an_archive_holds_every_file_that_rows_name_byte_for_byte(original: Product, archive: Path):
    inside = content(archive)
    named = [sha256 for (sha256,) in installation.rows(original, looking.FILES)]
    assert named
    for sha256 in named:
        assert hashlib.sha256(inside[f"files/{sha256[:2]}/{sha256}"]).hexdigest() == sha256


def test_the_manifest_names_versions_counts_checksums_and_keys(original: Product, archive: Path):
    told = looking.manifest(archive)
    about, messages = told["about"], told["tables"]["conversations_message"]
    keys = [key["id"] for key in json.loads((original.home / "keys.json").read_text())["keys"]]
    assert messages["rows"] == installation.rows(original, "SELECT count(*) FROM conversations_message")[0][0]
    assert (about["key_ids"], about["format"], len(messages["checksum"])) == (keys, 1, 32)
    assert ["people", "0003_installation_held_since"] in about["migrations"]


def test_only_its_owner_can_read_an_archive(original: Product, archive: Path, tmp_path: Path):
    umask = os.umask(0)
    try:
        original.command("backup", str(tmp_path / "open.tar"))
    finally:
        os.umask(umask)
    assert [path.stat().st_mode & 0o777 for path in (archive, tmp_path / "open.tar")] == [0o600, 0o600]


def test_no_secret_and_no_key_is_in_an_archive(original: Product, archive: Path):
    plain = gzip.decompress(archive.read_bytes())
    keys = [key["secret"] for key in json.loads((original.home / "keys.json").read_text())["keys"]]
    assert not [secret for secret in (*CANARIES, *keys) if secret.encode() in plain]


def test_keys_go_in_only_when_asked_and_with_a_warning(original: Product, tmp_path: Path):
    done = original.command("backup", str(tmp_path / "keys.tar"), "--with-keys")
    assert b"Whoever reads it reads every password" in done.stdout
    assert content(tmp_path / "keys.tar")["keys.json"] == (original.home / "keys.json").read_bytes()


def test_sessions_stay_behind(original: Product, tmp_path: Path):
    session = "Session(session_key='quaggasession', session_data='x', expire_date=clock.now()).save()"
    original.python(f"from rapport.kit import clock; from django.contrib.sessions.models import Session; {session}")
    tables = looking.sums(original, tmp_path / "x.tar")
    assert tables["django_session"]["rows"] == 0
    assert b"quaggasession" not in (tmp_path / "x.tar").read_bytes()


def test_a_whole_archive_verifies(original: Product, archive: Path):
    done = original.command("backup", "--verify", str(archive))
    assert (done.returncode, b"is whole" in done.stdout) == (0, True)


def test_a_folder_keeps_the_newest_archives(original: Product, tmp_path: Path):
    old = [tmp_path / f"rapport-2026010{day}-000000.tar.gz" for day in (1, 2, 3)]
    foreign = tmp_path / "photos.tar.gz"
    for path in (*old, foreign):
        path.touch()
    assert original.command("backup", str(tmp_path), "--keep", "2").returncode == 0
    left = sorted(tmp_path.iterdir())
    assert (len(left), foreign in left, old[2] in left, old[1] in left) == (3, True, True, False)


@pytest.mark.parametrize("name", ["backup.zip", "nowhere/backup.tar", "backup.tar"])
def test_a_target_that_cannot_be_is_refused_and_left_alone(original: Product, tmp_path: Path, name: str):
    (tmp_path / "backup.tar").write_text("mine")
    done = original.command("backup", str(tmp_path / name))
    assert (done.returncode, (tmp_path / "backup.tar").read_text()) == (1, "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["backup.tar"]


def test_a_missing_and_a_damaged_file_are_told_and_the_rest_is_saved(original: Product, tmp_path: Path):
    missing, damaged = (sha256 for (sha256,) in installation.rows(original, looking.FILES)[:2])
    paths = [original.home / "files" / sha256[:2] / sha256 for sha256 in (missing, damaged)]
    before = [path.read_bytes() for path in paths]
    try:
        paths[0].unlink()
        paths[1].write_bytes(b"x" + before[1][1:])
        done = original.command("backup", str(tmp_path / "x.tar"))
    finally:
        for path, data in zip(paths, before, strict=True):
            path.write_bytes(data)
    said = done.stdout.decode()
    assert (done.returncode, f"{missing} was missing" in said, f"{damaged} was damaged" in said) == (1, True, True)
    assert original.command("backup", "--verify", str(tmp_path / "x.tar")).returncode == 0


def test_every_column_with_a_hash_is_backed_up_or_named_for_what_it_hashes():
    from django.apps import apps

    from rapport.backups.tables import NAMES_FILES

    hashes = {field.name for model in apps.get_models() for field in model._meta.fields if "sha256" in field.name}
    assert hashes - set(NAMES_FILES) == {"first_run_sha256", "token_sha256"}
    assert all(re.fullmatch(r"(raw_|logo_)?sha256", name) for name in NAMES_FILES)
