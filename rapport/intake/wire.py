"""How a parsed message crosses from the parse child to the worker: a length, JSON, then the attachments' bytes.

No pickle: the child has handled hostile bytes, so what it says is data and nothing else.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from rapport.channels.contract import Address, Attachment, BounceReport, Inbound, InboundKind

_LENGTH = struct.Struct(">Q")
PREFIX = _LENGTH.size
MAX_FRAME = 512 * 1024 * 1024
Read = Callable[[int], bytes]


def frame(payload: bytes) -> bytes:
    """A payload with its length in front."""
    return length(payload) + payload


def length(payload: bytes | memoryview) -> bytes:
    """What stands in front of a payload in its frame."""
    return _LENGTH.pack(len(payload))


def read_frame(read: Read) -> bytes:
    """The next payload; `read(n)` gives exactly n bytes. Raises ValueError when the length is not believable."""
    (announced,) = _LENGTH.unpack(read(PREFIX))
    if announced > MAX_FRAME:
        raise ValueError(f"The other side announced {announced} bytes.")
    return read(announced)


def encode(inbounds: list[Inbound]) -> list[bytes]:
    """Messages as the pieces of one frame: its length, JSON length, JSON, then every attachment's bytes in order."""
    blobs: list[bytes] = []
    rows = [_row(inbound, blobs) for inbound in inbounds]
    head = frame(json.dumps(rows, ensure_ascii=True).encode())
    return [_LENGTH.pack(len(head) + sum(map(len, blobs))), head, *blobs]


def decode(payload: bytes | memoryview) -> list[Inbound]:
    """The messages encode() was given. Raises ValueError or KeyError on anything else."""
    (head,) = _LENGTH.unpack_from(payload)
    start = PREFIX + head
    rows = json.loads(bytes(payload[PREFIX:start]))
    blobs = memoryview(payload)[start:]
    inbounds: list[Inbound] = []
    for row in rows:
        inbound, blobs = _inbound(row, blobs)
        inbounds.append(inbound)
    return inbounds


def _row(inbound: Inbound, blobs: list[bytes]) -> dict[str, Any]:
    row = {field.name: getattr(inbound, field.name) for field in fields(inbound)}
    row["sender"] = asdict(inbound.sender) if inbound.sender else None
    for name in ("reply_to", "to", "cc", "bounce"):
        row[name] = [asdict(item) for item in row[name]]
    row["attachments"] = []
    for attachment in inbound.attachments:
        blobs.append(attachment.content)
        row["attachments"].append(
            {
                "filename": attachment.filename,
                "mime": attachment.mime,
                "size": len(attachment.content),
                "sha256": attachment.sha256,
                "cid": attachment.cid,
                "inline": attachment.inline,
            }
        )
    row["date"] = inbound.date.isoformat() if inbound.date else None
    return row


def _inbound(row: dict[str, Any], blobs: memoryview) -> tuple[Inbound, memoryview]:
    attachments = []
    for item in row["attachments"]:
        size = item["size"]
        attachments.append(Attachment(**item, content=bytes(blobs[:size])))
        blobs = blobs[size:]
    row["attachments"] = attachments
    row["sender"] = Address(**row["sender"]) if row["sender"] else None
    for name in ("reply_to", "to", "cc"):
        row[name] = [Address(**item) for item in row[name]]
    row["bounce"] = [BounceReport(**item) for item in row["bounce"]]
    row["kind"] = InboundKind(row["kind"])
    row["date"] = datetime.fromisoformat(row["date"]) if row["date"] else None
    return Inbound(**row), blobs
