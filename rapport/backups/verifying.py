"""Reading an archive to its end and comparing everything with what its manifest promises."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from rapport.backups import archive, manifest, sqlite
from rapport.backups.archive import Entry
from rapport.backups.errors import ArchiveDamaged
from rapport.backups.manifest import About, Manifest, Member, Table
from rapport.backups.progress import Progress

# The list of files has 80 bytes a line: room for fifty million files.
_TEXT_LIMIT = 4 * 2**30
_WHOLE = "Use another backup."


@dataclass(slots=True)
class _Seen:
    """What went by, by name; the content of the small files."""

    members: dict[str, Member] = field(default_factory=dict)
    files: dict[str, Member] = field(default_factory=dict)
    texts: dict[str, bytes] = field(default_factory=dict)


def verify(path: Path, progress: Progress) -> Manifest:
    """Check every byte and every row. Raises ArchiveDamaged or BackupRefused with what is wrong, OSError."""
    with tempfile.TemporaryDirectory(prefix="rapport-verify-") as folder:
        found = unpack(path, Path(folder), progress, with_files=False)
        compare_tables(found, read_tables(found, Path(folder)))
        return found


def unpack(
    path: Path,
    folder: Path,
    progress: Progress,
    *,
    with_files: bool = True,
    look: Callable[[About], None] = lambda about: None,
) -> Manifest:
    """Write the archive's content into an empty folder, and return the manifest once all of it fits.

    `look` is shown the beginning before anything is written and may raise. Without `with_files` stored files are only
    hashed. Raises ArchiveDamaged, BackupRefused, OSError; what was written until then is the caller's to remove.
    """
    try:
        seen = _read(path, folder, progress, with_files, look)
        found = _sealed(path, seen)
        _compare_members(path, found, seen)
        _compare_files(path, found, seen)
    except archive.BROKEN as error:
        raise archive.damaged(path, error) from None
    return found


def _read(path: Path, folder: Path, progress: Progress, with_files: bool, look: Callable[[About], None]) -> _Seen:
    seen = _Seen()
    for number, entry in enumerate(archive.read_entries(path)):
        if (number == 0) != (entry.name == manifest.ABOUT) or entry.name in seen.members or manifest.SEAL in seen.texts:
            raise ArchiveDamaged(f"{path} is not in the order of a backup of Rapport.")
        _take(entry, seen, folder, with_files)
        if number == 0:
            look(manifest.read_about(seen.texts[manifest.ABOUT]))
        progress("Reading the archive", number + 1, None)
    return seen


def read_tables(found: Manifest, folder: Path) -> dict[str, Table]:
    """Rows and row checksums of the unpacked database. Raises ArchiveDamaged."""
    if found.about.database == "sqlite":
        database = folder / sqlite.DATABASE
        sqlite.check(database)
        return sqlite.sum_tables(database)
    from rapport.backups import postgresql

    return postgresql.sum_parts(found, folder)


def compare_tables(found: Manifest, tables: dict[str, Table]) -> None:
    """Raises ArchiveDamaged unless these are the tables of the manifest, row for row."""
    wrong = sorted(name for name in found.tables.keys() | tables.keys() if found.tables.get(name) != tables.get(name))
    if wrong:
        raise ArchiveDamaged(f"The rows of {', '.join(wrong)} are not those of the backup. {_WHOLE}")


def _take(entry: Entry, seen: _Seen, folder: Path, with_files: bool) -> None:
    if entry.name.startswith("files/"):
        member = entry.copy_to(folder / entry.name) if with_files else entry.pass_by()
        seen.files[entry.name.rpartition("/")[2]] = member
        return
    member = seen.members[entry.name] = entry.copy_to(folder / entry.name)
    if not entry.name.startswith("database/"):
        if member.size > _TEXT_LIMIT:
            raise ArchiveDamaged(f"{entry.name} is too large.")
        seen.texts[entry.name] = (folder / entry.name).read_bytes()


def _sealed(path: Path, seen: _Seen) -> Manifest:
    """The manifest, if it is there and unaltered: it comes last, so an archive that has it was written to its end."""
    if manifest.SEAL not in seen.texts or manifest.MANIFEST not in seen.texts:
        raise ArchiveDamaged(f"{path} ends before its manifest: it is cut off. {_WHOLE}")
    if seen.texts[manifest.SEAL].decode("ascii", "replace").strip() != seen.members[manifest.MANIFEST].sha256:
        raise ArchiveDamaged(f"The manifest of {path} was altered. {_WHOLE}")
    return Manifest.from_bytes(seen.texts[manifest.MANIFEST])


def _compare_members(path: Path, found: Manifest, seen: _Seen) -> None:
    here = {name: member for name, member in seen.members.items() if name not in (manifest.MANIFEST, manifest.SEAL)}
    wrong = sorted(name for name in found.members.keys() | here.keys() if found.members.get(name) != here.get(name))
    if wrong:
        raise ArchiveDamaged(f"{', '.join(wrong)} in {path} is missing or altered. {_WHOLE}")


def _compare_files(path: Path, found: Manifest, seen: _Seen) -> None:
    listed = dict(line.split() for line in seen.texts[manifest.FILES].decode("ascii", "replace").splitlines())
    if len(listed) != found.file_count:
        raise ArchiveDamaged(f"The list of files in {path} is not complete. {_WHOLE}")
    for sha256, size in listed.items():
        member = seen.files.pop(sha256, None)
        expected = found.damaged.get(sha256, sha256)
        if member is None or (member.sha256, str(member.size)) != (expected, size):
            raise ArchiveDamaged(f"The stored file {sha256} in {path} is missing or altered. {_WHOLE}")
    if seen.files:
        raise ArchiveDamaged(f"{path} holds {len(seen.files)} files that are not in its list. {_WHOLE}")
