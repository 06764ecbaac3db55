"""The demo company, told as it happened: customers' mails through intake, replies through the outbox."""

from __future__ import annotations

import re
import tomllib
from datetime import datetime, timedelta
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from django.db import transaction

from rapport.channels.contract import Address
from rapport.channels.models import Inbox
from rapport.conversations import (
    access,
    assigning,
    authoring,
    closing,
    drafting,
    mentioning,
    noting,
    prioritising,
    releasing,
    replying,
    snoozing,
    spamming,
    staging,
    tagging,
)
from rapport.conversations.models import Conversation
from rapport.demo import acquainting, adding
from rapport.events import claiming
from rapport.events.models import Event
from rapport.intake import processing
from rapport.intake.parsing_child import ParseChild
from rapport.kit import clock
from rapport.notifications.models import Notification
from rapport.outbox import sending
from rapport.people import installing, roles
from rapport.people.models import Account, Membership, Role, Team
from rapport.practice import writing
from rapport.practice.reading import Mailbox
from rapport.reactions import running

_DATA = Path(__file__).parent / "data"
READ_BEFORE = timedelta(days=2)  # what the bells told before that has been read


@cache
def company() -> dict[str, Any]:
    """The demo company's people, inboxes and customers as written in data/company.toml."""
    return tomllib.loads((_DATA / "company.toml").read_text("utf-8"))


def sign_in_lines() -> list[str]:
    """What the start prints: who can sign in and with what."""
    password = company()["password"]
    names = [f"  {email_of(row['key']):<26} {row['name']}, {row['role']}" for row in company()["accounts"]]
    return [f"Sign in with the password {password} as", *names]


def email_of(key: str) -> str:
    """The address an account of the demo company signs in with."""
    return f"{key}@rosewood.example"


def mailboxes() -> list[Mailbox]:
    """The customers of the demo company, by name."""
    rows = [Mailbox(row["key"], row["name"], row["email"]) for row in company()["customers"]]
    return sorted(rows, key=lambda row: row.name)


def persona(key: str) -> Address:
    """A customer of the demo company. Raises StopIteration for a key nobody has."""
    row = next(row for row in company()["customers"] if row["key"] == key)
    return Address(row["email"], row["name"])


def sender_of(story: dict[str, Any]) -> Address:
    """Who writes in a story: a customer, or somebody named in the story itself."""
    if "customer" in story:
        return persona(story["customer"])
    name, email = story["sender"]
    return Address(email, name)


def is_empty() -> bool:
    """Whether nobody has used this data folder yet."""
    return not Account.objects.exists()


def seed(most_stories: int | None = None) -> bool:
    """Fill an empty installation; False for a folder in use, which is left as it is. `most_stories`: fewer, sooner."""
    if not is_empty():
        return False
    now = clock.now()
    with clock.standing_at(now - timedelta(days=390)):
        _hire()
        acquainting.meet_customers(company(), now)
    stories = tomllib.loads((_DATA / "stories.toml").read_text("utf-8"))["stories"][:most_stories]
    steps = [(step[1], story, step) for story in stories for step in story["steps"]]
    for minutes, story, step in sorted(steps, key=lambda row: -row[0]):
        with clock.standing_at(now - timedelta(minutes=minutes)):
            _tell(story, step)
    for story in stories:
        _settle(story, now)
    adding.colour_tags(company(), by=_account("flora"))
    Notification.objects.filter(at__lt=now - READ_BEFORE).update(read_at=now)
    claiming.mark_handled(Event.objects.filter(handled=False).values_list("pk", flat=True))
    return True


@transaction.atomic
def _hire() -> None:
    """The company, its teams, its people and its inboxes."""
    roles.ensure_roles()
    installing.change(company_name=company()["name"], open_to_all=False, by=None)
    teams = {
        row["name"]: Team.objects.create(name=row["name"], signature_html=row["signature"])
        for row in company()["teams"]
    }
    for row in company()["accounts"]:
        role = Role.objects.get(key=row["role"])
        account = Account.objects.create_user(
            email_of(row["key"]),
            company()["password"],
            name=row["name"],
            role=role,
            time_zone=company()["time_zone"],
            mail_notifications=False,
        )
        Membership.objects.bulk_create([Membership(account=account, team=teams[name]) for name in row["teams"]])
    for row in company()["inboxes"]:
        Inbox.objects.create(
            name=row["name"],
            address=row["address"],
            display_name=company()["name"],
            team=teams[row["team"]],
            settings={"transport": "folder", "plus_addressing": True},
        )
    owner = Account.objects.filter(role__key=roles.OWNER).order_by("pk")[0]
    for row in company()["macros"]:
        acts = [{"act": act, "value": value} for act, value in row["acts"]]
        authoring.create(authoring.Prepared(row["name"], row["html"], acts), by=owner)
    adding.add(company(), by=owner)


@cache
def _reader() -> ParseChild:
    """One warm parse child for all the mails; it ends with this process."""
    return ParseChild()


def _tell(story: dict[str, Any], step: list[Any]) -> None:
    """One step of a story, at the moment the clock stands at."""
    kind, _, *rest = step
    if kind == "in":
        _customer_writes(story, rest[0])
    elif kind == "note":
        words = _with_mentions(_paragraphs(rest[1]))
        noting.note(_conversation(story), by=_account(rest[0]), html=words, mentions=mentioning.named_in(words))
    else:
        _colleague_answers(story, rest)
    running.run_due(200)
    sending.send_due(50)


def _customer_writes(story: dict[str, Any], words: str) -> None:
    """A mail through intake; the first one of a story says which conversation it is."""
    inbox = Inbox.objects.get(name=story.get("inbox", "Shop"))
    row = writing.write(
        words,
        sender=sender_of(story),
        inbox=inbox,
        subject=story["subject"] if "number" not in story else f"Re: {story['subject']}",
        answers=story.get("last_sent", ""),
        headers=story.get("headers"),
    )
    processing.process(row, child=_reader())
    row.refresh_from_db()
    if "number" not in story:
        story["number"] = row.conversation_id
        _describe(story)


def _colleague_answers(story: dict[str, Any], rest: list[str]) -> None:
    who, words, then = rest
    conversation = _conversation(story)
    content = replying.ReplyContent(html=_paragraphs(words), seen_message_id=conversation.last_message_id)
    message = replying.reply(conversation, by=_account(who), content=content, delay=timedelta(0), then=then)
    releasing.release(message)
    story["last_sent"] = message.external_id


def _describe(story: dict[str, Any]) -> None:
    """Tags, stage and priority, set by the first who looked at it."""
    conversation, sam = _conversation(story), _account("sam")
    for tag in story.get("tags", []):
        tagging.tag(conversation, name=tag, by=sam)
    if story.get("stage", "unknown") != "unknown":
        staging.set_stage(conversation, stage=story["stage"], by=sam)
    if "priority" in story:
        prioritising.set_priority(conversation, priority=story["priority"], by=sam)
    if "assignee" in story:
        assigning.assign(conversation, to=_account(story["assignee"]), by=sam)


def _settle(story: dict[str, Any], now: datetime) -> None:
    """The state the story has reached by now."""
    conversation, sam = _conversation(story), _account("sam")
    adding.use(story, conversation, by=sam)
    conversation.refresh_from_db()
    if story.get("status") == "spam":
        spamming.mark_spam(conversation, by=sam)
    elif story.get("status") == "closed" and conversation.status != Conversation.Status.CLOSED:
        closing.close(conversation, by=sam)
    if "draft" in story:
        who, words = story["draft"]
        drafting.save_draft(conversation, by=_account(who), content=drafting.ReplyContent(html=_paragraphs(words)))
    if "snooze_hours" in story:
        snoozing.snooze(conversation, until=now + timedelta(hours=story["snooze_hours"]), by=sam)


def _conversation(story: dict[str, Any]) -> Conversation:
    return access.get_conversation(_account("flora"), story["number"])


def _account(key: str) -> Account:
    return Account.objects.get(email=email_of(key))


def _with_mentions(words: str) -> str:
    """`@sam` as the editor writes it."""
    people = {row["key"]: _account(row["key"]) for row in company()["accounts"]}
    written = r'<span data-mention="person:{0.pk}">@{0.name}</span>'
    return re.sub(r"@(\w+)", lambda found: written.format(people[found[1]]), words)


def _paragraphs(words: str) -> str:
    return "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in words.split("\n\n"))
