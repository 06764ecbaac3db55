"""Writes the compound file an Outlook .msg is (MS-CFB), as small as a test needs it: folders of streams."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

_SECTOR, _MINI, _CUTOFF = 512, 64, 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF
_SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

Tree = dict[str, Any]  # a name leads to bytes (a stream) or to another tree (a folder)


@dataclass
class _Entry:
    name: str
    kind: int
    content: bytes = b""
    right: int = _NONE
    child: int = _NONE
    start: int = _END


@dataclass
class _Writer:
    entries: list[_Entry] = field(default_factory=lambda: [_Entry("Root Entry", 5)])
    sectors: list[bytes] = field(default_factory=list)
    fat: list[int] = field(default_factory=list)
    mini: bytes = b""
    mini_fat: list[int] = field(default_factory=list)

    def enter(self, tree: Tree, parent: int) -> None:
        last = _NONE
        for name, inside in tree.items():
            number = len(self.entries)
            self.entries.append(_Entry(name, 2, inside) if isinstance(inside, bytes) else _Entry(name, 1))
            if last == _NONE:
                self.entries[parent].child = number
            else:
                self.entries[last].right = number
            last = number
            if not isinstance(inside, bytes):
                self.enter(inside, number)

    def chain(self, data: bytes) -> int:
        count, first = -(-len(data) // _SECTOR), len(self.sectors)
        for at in range(count):
            self.sectors.append(data[at * _SECTOR : (at + 1) * _SECTOR].ljust(_SECTOR, b"\0"))
            self.fat.append(first + at + 1 if at + 1 < count else _END)
        return first if count else _END

    def place(self, entry: _Entry) -> None:
        if len(entry.content) >= _CUTOFF:
            entry.start = self.chain(entry.content)
        elif entry.content:
            count, entry.start = -(-len(entry.content) // _MINI), len(self.mini) // _MINI
            self.mini += entry.content.ljust(count * _MINI, b"\0")
            self.mini_fat += [entry.start + at + 1 for at in range(count - 1)] + [_END]


def compound_file(tree: Tree) -> bytes:
    """The file with this content."""
    writer = _Writer()
    writer.enter(tree, 0)
    for entry in writer.entries[1:]:
        writer.place(entry)
    writer.entries[0].content = writer.mini
    writer.entries[0].start = writer.chain(writer.mini)
    mini_fat = writer.chain(struct.pack(f"<{len(writer.mini_fat)}I", *writer.mini_fat))
    mini_sectors = -(-len(writer.mini_fat) * 4 // _SECTOR)
    directory = writer.chain(b"".join(map(_row, writer.entries)))
    count = -(-(len(writer.fat) + 8) // (_SECTOR // 4))
    places = [len(writer.sectors) + at for at in range(count)]
    table = writer.fat + [_FAT] * count
    table += [_FREE] * (count * (_SECTOR // 4) - len(table))
    head = _SIGNATURE + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, count, directory, 0, _CUTOFF, mini_fat, mini_sectors, _END, 0)
    head += struct.pack("<109I", *(places + [_FREE] * (109 - count)))
    return head + b"".join(writer.sectors) + struct.pack(f"<{len(table)}I", *table)


def _row(entry: _Entry) -> bytes:
    name = (entry.name + "\0").encode("utf-16-le")
    row = name.ljust(64, b"\0") + struct.pack("<HBBIII", len(name), entry.kind, 1, _NONE, entry.right, entry.child)
    return row + bytes(36) + struct.pack("<IQ", entry.start, len(entry.content))
