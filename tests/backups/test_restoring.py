"""`rapport restore`: exactly what was backed up, into an empty place, or nothing at all."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from rapport.backups.archive import Writer
from tests.backups import looking
from tests.servers.product import Product

# What the restore itself writes.
HOLD = {"people_installation", "events_event"}


def test_every_row_and_every_file_comes_back(original: Product, archive: Path, restored: Product, tmp_path: Path):
    before, after = looking.manifest(archive)["tables"], looking.sums(restored, tmp_path / "again.tar")
    assert looking.files(restored.home) == looking.files(original.home)
    assert {name for name in before if before[name] != after[name]} <= HOLD
    assert after["events_event"]["rows"] == before["events_event"]["rows"] + 1


def test_a_restored_copy_starts_and_finds_its_conversations(restored: Product):
    found = restored.python(
        "from rapport.people.models import Account\n"
        "from rapport.conversations import listing\n"
        "ana = Account.objects.get(email='ana@fleur.example')\n"
        "print(len(listing.inbox_page(ana, view='open', after=None).rows))"
    )
    restored.start()
    assert int(found) > 2


def test_numbers_go_on_after_the_last_one_even_if_it_was_deleted(restored: Product):
    new = restored.python(
        "from rapport.conversations.tests.cast import Cast\n"
        "from rapport.conversations.models import Conversation\n"
        "last = Conversation.objects.order_by('-pk').first().pk\n"
        "print(Conversation.objects.create(channel='email').pk - last)"
    )
    assert int(new) == 1


def test_missing_keys_are_named(original: Product, archive: Path, bare: Product):
    done = bare.command("restore", str(archive))
    wanted = looking.manifest(archive)["about"]["key_ids"]
    assert done.returncode == 0
    assert f"keys are missing in {bare.home / 'keys.json'}: {', '.join(wanted)}" in done.stdout.decode()


def test_an_archive_with_keys_brings_them(original: Product, bare: Product, tmp_path: Path):
    original.command("backup", str(tmp_path / "keys.tar"), "--with-keys")
    done = bare.command("restore", str(tmp_path / "keys.tar"))
    read = "from rapport.channels.models import Inbox; from rapport.channels.secrets import read_secrets; "
    assert b"missing" not in done.stdout
    assert bare.python(read + "print(read_secrets(Inbox.objects.first())['imap_password'])") == "canary-imap-4711\n"


def test_what_is_not_empty_is_refused_with_the_cure(archive: Path, restored: Product):
    before = looking.files(restored.home)
    done = restored.command("restore", str(archive))
    assert (done.returncode, looking.files(restored.home)) == (1, before)
    assert b"Restore into an empty" in done.stderr


def test_files_without_a_database_are_not_overwritten(archive: Path, bare: Product):
    (bare.home / "files" / "ab").mkdir(parents=True)
    (bare.home / "files" / "ab" / "mine").write_text("mine")
    done = bare.command("restore", str(archive))
    assert (done.returncode, b"holds files already" in done.stderr) == (1, True)
    assert (bare.home / "files" / "ab" / "mine").read_text() == "mine"


def test_the_log_of_a_database_that_was_moved_away_is_never_taken_for_the_restored_ones(archive: Path, bare: Product):
    if bare.database is not None:
        pytest.skip("a database server keeps its own log")
    log = bare.home / "rapport.sqlite3-wal"
    log.write_bytes(b"the last that was stored")
    done = bare.command("restore", str(archive))
    assert (done.returncode, b"belongs to a database" in done.stderr) == (1, True)
    assert log.read_bytes() == b"the last that was stored"
    log.unlink()
    assert bare.command("restore", str(archive)).returncode == 0


def cut_off(data: bytes) -> bytes:
    return data[: len(data) * 2 // 3]


def cut_off_at_a_member(data: bytes) -> bytes:
    """As a full disk leaves it: an honest end, only too early."""
    plain = gzip.decompress(data)
    return plain[: plain.index(b"manifest.json\0")] + bytes(1024)


def one_bit_wrong(data: bytes) -> bytes:
    plain = bytearray(gzip.decompress(data))
    place = plain.index(b"files/")
    plain[place + 512 + 3] ^= 1
    return bytes(plain)


def one_row_changed(data: bytes) -> bytes:
    return gzip.decompress(data).replace(b"Carla Conti", b"Carla Bonti")


def manifest_altered(data: bytes) -> bytes:
    return gzip.decompress(data).replace(b'"file_bytes": ', b'"file_bytes":1')


def something_else(data: bytes) -> bytes:
    return b"PK\3\4" + data


def an_entry_that_climbs_out(data: bytes) -> bytes:
    plain = gzip.decompress(data)
    return plain.replace(b"files.txt\0", b"../ff.txt\0")


@pytest.mark.parametrize(
    "damage",
    [
        cut_off, cut_off_at_a_member, one_bit_wrong, one_row_changed, manifest_altered, something_else,
        an_entry_that_climbs_out,
    ],
)  # fmt: skip
def test_a_damaged_archive_is_detected_and_nothing_is_restored(
    original: Product, archive: Path, bare: Product, tmp_path: Path, damage: Callable[[bytes], bytes]
):
    bad = tmp_path / "bad.tar"
    bad.write_bytes(damage(archive.read_bytes()))
    verified, restored = original.command("backup", "--verify", str(bad)), bare.command("restore", str(bad))
    assert (verified.returncode, restored.returncode) == (1, 1)
    assert verified.stderr.strip()
    assert b"Traceback" not in verified.stderr + restored.stderr
    assert looking.is_untouched(bare)


def test_an_archive_of_a_newer_version_is_refused(original: Product, bare: Product, tmp_path: Path):
    later = (
        "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_later', '2026-01-01 00:00:00+00')"
    )
    run = "from django.db import connection; connection.cursor().execute"
    original.python(f'{run}("{later}")')
    original.command("backup", str(tmp_path / "later.tar"))
    original.python(f"{run}(\"DELETE FROM django_migrations WHERE name = '9999_later'\")")
    done = bare.command("restore", str(tmp_path / "later.tar"))
    assert (done.returncode, b"newer version" in done.stderr, looking.is_untouched(bare)) == (1, True, True)


def test_the_other_kind_of_database_is_refused(bare: Product, archive: Path, tmp_path: Path):
    other, writer = tmp_path / "other.tar", Writer(tmp_path / "other.tar", compressed=False)
    about = looking.manifest(archive)["about"]
    kind = "sqlite" if about["database"] == "postgresql" else "postgresql"
    with writer:
        writer.add_bytes("about.json", json.dumps(about | {"database": kind}).encode())
        writer.close()
    done = bare.command("restore", str(other))
    assert (done.returncode, b"RAPPORT_DATABASE_URL" in done.stderr) == (1, True)
    assert looking.is_untouched(bare)


def test_a_refused_restore_can_be_done_right_after(archive: Path, bare: Product, tmp_path: Path):
    (tmp_path / "bad.tar.gz").write_bytes(cut_off(archive.read_bytes()))
    assert bare.command("restore", str(tmp_path / "bad.tar.gz")).returncode == 1
    assert bare.command("restore", str(archive)).returncode == 0


def test_what_only_the_owner_may_read_stays_so(restored: Product):
    modes = {path.stat().st_mode & 0o077 for path in (restored.home / "files").rglob("*")}
    assert modes == {0}
    if restored.database is None:
        assert (restored.home / "rapport.sqlite3").stat().st_mode & 0o077 == 0
