"""The stand-in for a mail server: what would be sent lies in a folder, each mail with its envelope beside it."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

from rapport.channels.contract import SendFailed
from rapport.kit.durable import write_durably


def deliver(raw: bytes, *, sender: str, recipients: list[str], message_id: str, folder: Path) -> Path:
    """Write `<time>-<hash>.eml` and the envelope as `.json`; a repeated message replaces its first copy.

    Returns the path of the mail. Raises SendFailed (temporary) when the folder cannot be written.
    """
    digest = hashlib.sha256("\n".join([message_id, *sorted(recipients)]).encode("utf-8", "replace")).hexdigest()[:16]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = next(folder.glob(f"*-{digest}.eml"), None)
        if path is None:
            path = folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}-{digest}.eml"
        envelope = {"from": sender, "to": recipients, "message_id": message_id}
        # The mail comes last: whoever lists the .eml files finds the envelope beside each.
        write_durably(path.with_suffix(".json"), json.dumps(envelope, ensure_ascii=False).encode())
        write_durably(path, raw)
    except OSError as error:
        raise SendFailed(f"The practice folder cannot be written: {error.strerror}.") from error
    return path
