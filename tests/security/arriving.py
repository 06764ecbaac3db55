"""Sends attack strings through the real intake: raw mails, the parse child, the sanitiser, matching, receiving.

Each string is read alone first, as the body of a mail of its own, so that none swallows the next; what the child made of
two hundred of them is then the body of one mail, and the strings themselves, side by side, that of another.
"""

from __future__ import annotations

import os
from base64 import b64encode
from email.message import EmailMessage
from typing import Any

PACK, SUBJECT_CHARS, FILE_CHARS = 20, 450, 240


def packs(payloads: list[str]) -> list[list[str]]:
    """Some at a time."""
    return [payloads[at : at + PACK] for at in range(0, len(payloads), PACK)]


def file_names(payloads: list[str]) -> list[str]:
    """As many side by side as a file's name holds: what is escaped has no state, so they do not hide each other."""
    names = [""]
    for payload in payloads:
        if names[-1] and len(names[-1]) + len(payload) > FILE_CHARS:
            names.append("")
        names[-1] += payload
    return names


def read_alone(payloads: list[str]) -> list[str]:
    """What the parse child makes of each as the body of a mail."""
    from rapport.intake.parsing_child import ParseChild

    with ParseChild() as child:
        return [child.parse(_raw({"Subject": "x"}, html=payload))[0].html for payload in payloads]


def arrive(batch: list[str], clean: list[str], turn: int) -> tuple[int, list[int]]:
    """One conversation of a batch; its id, and those of the mails whose body is the batch, cleaned and as it was."""
    from rapport.conversations.models import Message
    from rapport.intake import accepting, processing

    first = f"<{turn}.0@mail.example.org>"
    bodies = [{"html": " <hr> ".join(clean)}, {"html": " <hr> ".join(batch)}]
    mails: list[dict[str, Any]] = [*bodies, *({"names": pack} for pack in packs(batch))]
    for number, mail in enumerate(mails):
        names = mail.get("names") or batch[:1]
        headers = {
            "From": f"{_word(names[0])} <carla@example.org>",
            "To": f"{_word(names[-1])} <hello@fleur.example>",
            "Cc": ", ".join(f"{_word(name)} <cc{n}@example.org>" for n, name in enumerate(names)),
            "Subject": _word(" ".join(names)[:SUBJECT_CHARS]),
            "Message-ID": f"<{turn}.{number}@mail.example.org>",
            **({"In-Reply-To": first} if number else {}),
        }
        raw = _raw(headers, html=mail.get("html", ""), files=file_names(mail.get("names", [])))
        accepting.accept(raw, inbox=None, source=accepting.Source("door"))
    while processing.process_due(200):
        pass
    arrived = Message.objects.filter(external_id__startswith=f"{turn}.").order_by("pk")
    threads = set(arrived.values_list("conversation_id", flat=True))
    if len(arrived) != len(mails) or len(threads) != 1:
        raise SystemExit(f"{len(arrived)} of {len(mails)} mails arrived, in {len(threads)} conversations.")
    return threads.pop(), [message.pk for message in arrived[:2]]


def leave(conversation_id: int, batch: list[str]) -> list[str]:
    """A note, a signature and a reply of these strings, by the verbs that desks use.

    Returns the HTML of what leaves the house: the reply with each mail quoted in turn, and what colleagues are told.
    """
    from rapport.conversations import noting, replying
    from rapport.conversations.models import Conversation, Message
    from rapport.desk.settings.teams.forms import to_html
    from rapport.notifications.models import Notification
    from rapport.notifications.writing import write
    from rapport.outbox.composing import compose
    from rapport.outbox.models import Delivery
    from rapport.people import joining
    from rapport.people.models import Account, Team

    conversation = Conversation.objects.get(pk=conversation_id)
    flora = Account.objects.get(email="flora@fleur.example")
    team = Team.objects.get(pk=conversation.team_id or 0)
    joining.change_team(team, name=team.name, signature_html=to_html("\n".join(batch)), by=flora)
    noting.note(conversation, by=flora, html=" <hr> ".join(batch))
    content = replying.ReplyContent(html=" <hr> ".join(batch), seen_message_id=10**9)
    reply = replying.reply(conversation, by=flora, content=content)
    delivery = Delivery(message=reply, inbox=conversation.inbox, recipients=["carla@example.org"], external_id="x@y")
    told = [compose(delivery).html]
    for answered in Message.objects.filter(conversation=conversation, kind="customer").order_by("pk")[:3]:
        reply.in_reply_to_message = answered
        told.append(compose(delivery).html)
    for pack in packs(batch):
        conversation.subject = " ".join(pack)
        row = Notification(
            account=flora, conversation=conversation, said="wrote", why="follower", topic="followed", who=" ".join(pack)
        )
        told.append(write(row, message=Message(pk=1, text="\n".join(pack))).html)
    return told


def hurry() -> None:
    """No power cut is feared here: nobody waits for the disk."""
    os.fsync = lambda fd: None


def _raw(headers: dict[str, str], *, html: str = "", files: Any = ()) -> bytes:
    """A mail as bytes, with what no mail program would write."""
    lines = [f"{name}: {value}" for name, value in headers.items()]
    lines += ["Date: Fri, 20 Nov 2026 10:00:00 +0000", "MIME-Version: 1.0"]
    if not any(files):
        return "\r\n".join([*lines, "Content-Type: text/html; charset=utf-8", *_encoded(html)]).encode()
    lines += ['Content-Type: multipart/mixed; boundary="=b"', "", "--=b", "Content-Type: text/plain; charset=utf-8"]
    lines += _encoded("\n".join(files))
    for name in files:
        part = EmailMessage()
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", name))
        lines += ["--=b", "Content-Type: application/pdf", f"Content-Disposition: {part['Content-Disposition']}"]
        lines += _encoded("petals")
    return "\r\n".join([*lines, "--=b--", ""]).encode("utf-8", "replace")


def _encoded(text: str) -> list[str]:
    data = b64encode(text.encode("utf-8", "replace")).decode()
    return ["Content-Transfer-Encoding: base64", "", *(data[at : at + 76] for at in range(0, len(data), 76))]


def _word(text: str) -> str:
    """An encoded word or several, so that every sign arrives. (Python's own tries each sign in two encodings.)"""
    words, room = [b""], 45  # octets that base64 makes sixty of: RFC 2047 allows seventy-five with what stands around
    for sign in text:
        octets = sign.encode("utf-8", "replace")
        if len(words[-1]) + len(octets) > room:
            words.append(b"")
        words[-1] += octets
    return "\r\n ".join(f"=?utf-8?B?{b64encode(word).decode()}?=" for word in words)
