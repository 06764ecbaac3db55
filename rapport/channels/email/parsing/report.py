"""An `Inbound` as the JSON object of `rapport inspect parse-mail`."""

from __future__ import annotations

from datetime import UTC

from rapport.channels.contract import Address, Inbound


def mail_as_json(inbound: Inbound) -> dict[str, object]:
    """Plain JSON values: ids without <>, addresses in lower case, the date as UTC ISO 8601 or None."""
    date = inbound.date.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if inbound.date else None
    return {
        "from_email": inbound.sender.email if inbound.sender else "",
        "from_name": inbound.sender.name if inbound.sender else "",
        "to": _emails(inbound.to),
        "cc": _emails(inbound.cc),
        "subject": inbound.subject,
        "message_id": inbound.message_id,
        "in_reply_to": inbound.in_reply_to,
        "references": list(inbound.references),
        "date": date,
        "text": inbound.text,
        "html_sanitized": inbound.html,
        "reply_text": inbound.reply_text,
        "quoted_text": inbound.quoted_text,
        "signature": inbound.signature,
        "forwarded": inbound.forwarded,
        "attachments": [
            {"filename": file.filename, "mime": file.mime, "size": file.size, "sha256": file.sha256, "cid": file.cid}
            for file in inbound.attachments
        ],
        "kind": str(inbound.kind),
        "bounce": [
            {
                "recipient": report.recipient,
                "status": report.status,
                "code": report.code,
                "reason": report.reason,
                "permanent": report.permanent,
            }
            for report in inbound.bounce
        ],
        "problems": list(inbound.problems),
    }


def _emails(addresses: list[Address]) -> list[str]:
    return [address.email for address in addresses]
