"""What an archive says about itself: first `about.json`, then the content, last the manifest with every checksum."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Self

from rapport.backups.errors import ArchiveDamaged, BackupRefused

FORMAT = 1
ABOUT = "about.json"
FILES = "files.txt"
KEYS = "keys.json"
MANIFEST = "manifest.json"
SEAL = "manifest.sha256"
# The order of an archive, and the only names that may stand in it.
_NAMES = re.compile(
    r"about\.json|database/[a-z0-9_.]{1,80}|files/([0-9a-f]{2})/\1[0-9a-f]{62}|files\.txt|keys\.json|manifest\.(json|sha256)"
)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows and row checksum of one table; `columns` in the order of the dump (PostgreSQL)."""

    rows: int
    checksum: str
    columns: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Member:
    """One file of the archive that is no stored file."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class About:
    """What must be known before the content is read. `made_at` is the moment of the snapshot, ISO 8601 in UTC.

    `key_ids`: what of it is encrypted or signed needs these keys; the keys are not here unless `with_keys`.
    """

    format: int
    product: str
    database: str
    made_at: str
    migrations: list[list[str]]
    key_ids: list[str]
    with_keys: bool = False

    @property
    def moment(self) -> datetime:
        """`made_at`, read."""
        return datetime.fromisoformat(self.made_at)


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything the archive must hold.

    `missing`: stored files that the database names and that were not on disk; `damaged`: stored files whose bytes no
    longer had their name's hash, with the hash they had.
    """

    about: About
    tables: dict[str, Table]
    members: dict[str, Member]
    file_count: int
    file_bytes: int
    left_out: list[str] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    damaged: dict[str, str] = field(default_factory=dict)

    def to_bytes(self) -> bytes:
        """As it stands in the archive."""
        return to_json(self)

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Raises ArchiveDamaged."""
        try:
            values = json.loads(data)
            values["about"] = About(**values["about"])
            values["tables"] = {name: Table(**row) for name, row in values["tables"].items()}
            values["members"] = {name: Member(**row) for name, row in values["members"].items()}
            return cls(**values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise ArchiveDamaged(f"The manifest of the archive cannot be read: {error}.") from None


def read_about(data: bytes) -> About:
    """Raises ArchiveDamaged, and BackupRefused for the format of a later version."""
    try:
        values: dict[str, Any] = json.loads(data)
        if values["format"] != FORMAT:
            raise BackupRefused(
                f"The archive has format {values['format']}, this version reads {FORMAT}. Install the version of "
                f"Rapport that made it ({values.get('product')}) or a later one."
            )
        return About(**values)
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveDamaged(f"The beginning of the archive cannot be read: {error}.") from None


def to_json(value: About | Manifest) -> bytes:
    """Readable JSON."""
    return (json.dumps(asdict(value), indent=1, sort_keys=True) + "\n").encode()


def is_known_name(name: str) -> bool:
    """Whether a file of this name may stand in an archive."""
    return _NAMES.fullmatch(name) is not None


def file_name(sha256: str) -> str:
    """Where a stored file stands in the archive."""
    return f"files/{sha256[:2]}/{sha256}"
