"""Conversations with the truth about them: what happens, and which thread every mail truly belongs to.

A story is a generator. It yields what happens next and is sent what came of it: for an arrival nothing, for a reply
of ours the `Ours` that left. `Arrives.thread` names the truth; `held` says that the mail belongs there but its sender
does not take part; `copy` says that it is a mail that came before.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from tests.mailwriting.letter import Envelope, Letter, answer_subject, as_older, write_letter
from tests.mailwriting.page import BETWEEN, BOTTOM, FIRST, FORWARD, TOP, Older, Page, Person, Program
from tests.mailwriting.sampling import PROGRAMS, SHOP, START, TONGUES, closing, words
from tests.mailwriting.tongue import Tongue


@dataclass(frozen=True, slots=True)
class Arrives:
    """A mail reaches one of our inboxes ("shop" or "drivers")."""

    raw: bytes
    thread: str
    says: str
    inbox: str = "shop"
    held: bool = False
    copy: bool = False


@dataclass(frozen=True, slots=True)
class WeReply:
    """An agent answers in the thread."""

    thread: str
    words: str


@dataclass(frozen=True, slots=True)
class WeDo:
    """An agent does something: "close", "merge" (into `other`), "split" (the last mail of the thread)."""

    act: str
    thread: str
    other: str = ""


@dataclass(frozen=True, slots=True)
class Ours:
    """Our reply as the customer got it."""

    message_id: str
    subject: str
    text: str
    reply_to: str


Step = Arrives | WeReply | WeDo
Story = Generator[Step, Ours | None, None]


@dataclass(slots=True)
class Writer:
    """Somebody with a program and a language; `thread` numbers what they write about."""

    rng: random.Random
    program: Program
    tongue: Tongue
    person: Person
    at: datetime
    written: list[tuple[Letter, Envelope]] = field(default_factory=list)

    def writes(self, subject: str, **more: object) -> Letter:
        """A first mail, which answers nothing."""
        return self._send(FIRST, None, Envelope(self.person, [SHOP], self._now(), subject), more)

    def answers(self, ours: Ours, *, way: str = "", **more: object) -> Letter:
        """An answer to our reply, in the program's way."""
        older = Older(SHOP, self.person, self._now(), ours.subject, ours.text, f"<p>{ours.text}</p>")
        references = [*self.ids(), ours.message_id]
        way = way or self.rng.choice([one for one in self.program.ways if one in (TOP, BOTTOM, BETWEEN)])
        to = Person("Fleur", ours.reply_to) if ours.reply_to else SHOP
        envelope = Envelope(self.person, [to], self._now(), ours.subject, ours.message_id, references)
        return self._send(way, older, envelope, more)

    def follows_up(self, letter: Letter, subject: str, **more: object) -> Letter:
        """An answer to a mail that was not ours, as after looking into Sent."""
        before = next((pair for pair in self.written if pair[0] is letter), None)
        older = as_older(*before) if before else None
        envelope = Envelope(
            self.person, [SHOP], self._now(), subject, letter.message_id, [*self.ids(), letter.message_id]
        )
        if letter.thread_index:
            envelope = replace(envelope, thread_index=letter.thread_index)
        return self._send(TOP if older else FIRST, older, envelope, more)

    def ids(self) -> list[str]:
        """The Message-IDs this person has written."""
        return [letter.message_id for letter, _ in self.written if letter.message_id]

    def _now(self) -> datetime:
        self.at += timedelta(minutes=self.rng.randint(3, 600))
        return self.at

    def _send(self, way: str, older: Older | None, envelope: Envelope, more: dict[str, Any]) -> Letter:
        envelope = replace(envelope, **more)
        page = Page(
            self.tongue,
            self.person,
            words(self.tongue, self.rng, SHOP),
            closing(self.tongue, self.person, self.rng),
            way,
            older,
        )
        if older is not None:
            envelope = replace(envelope, subject=answer_subject(envelope.subject, page))
        letter = write_letter(page, self.program, envelope, self.rng)
        self.written.append((letter, envelope))
        return letter


class Teller:
    """Makes stories: numbers them, and hands out people nobody has met yet."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.number = 0

    def writer(self, **fixed: object) -> Writer:
        """Somebody new, with the next program and a language."""
        self.number += 1
        programs = [program for program in PROGRAMS if program.name != "another help desk"]
        program = programs[self.number % len(programs)]
        tongue = TONGUES[self.rng.randrange(len(TONGUES))]
        name = self.rng.choice(("Ada Bell", "Jörg Müller", "Марина Ким", "田中 美咲", "O'Neil, Sinéad", "noa"))
        someone = Person(name, f"person{self.number}@{self.rng.choice(('example.org', 'gmail.com', 'laden.example'))}")
        return Writer(self.rng, fixed.get("program", program), tongue, someone, START)  # type: ignore[arg-type]

    def stories(self, count: int) -> list[tuple[str, Story]]:
        """`count` stories: every hard case in turn, and as many plain ones."""
        kinds: Sequence[Callable[[Teller, str], Story]] = list(HARD.values())
        names = list(HARD)
        told = []
        for number in range(count):
            at = number // 2 % len(kinds)
            name, make = ("plain", plain) if number % 2 else (names[at], kinds[at])
            told.append((name, make(self, f"{name}-{number}")))
        return told


def arrives(letter: Letter, thread: str, **more: object) -> Arrives:
    """The letter on its way in."""
    return Arrives(letter.raw, thread, letter.reply.split("\n")[-1][:40], **more)  # type: ignore[arg-type]


def plain(teller: Teller, thread: str) -> Story:
    """A question, our reply, one to three answers back and forth."""
    writer = teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    for _ in range(teller.rng.randint(1, 3)):
        ours = yield WeReply(thread, "They are on their way.")
        assert ours
        yield arrives(writer.answers(ours), thread)


def follow_up(teller: Teller, thread: str) -> Story:
    """The customer answers their own mail, twice, before we say anything."""
    writer = teller.writer()
    first = writer.writes("Order 20418")
    yield arrives(first, thread)
    second = writer.follows_up(first, "Order 20418")
    yield arrives(second, thread)
    yield arrives(writer.follows_up(second, "Re: Order 20418"), thread)


def overtaken(teller: Teller, thread: str) -> Story:
    """The answers come before the question, in any order."""
    writer = teller.writer()
    first = writer.writes("Order 20418")
    second = writer.follows_up(first, "Order 20418")
    third = writer.follows_up(second, "Order 20418")
    mails = [first, second, third]
    teller.rng.shuffle(mails)
    for letter in mails:
        yield arrives(letter, thread)


def two_addresses(teller: Teller, thread: str) -> Story:
    """One mail to two of our addresses, and again after a detour."""
    writer = teller.writer()
    letter = writer.writes("Tulips", to=[SHOP, Person("Drivers", "drivers@fleur.example")])
    yield arrives(letter, thread)
    yield arrives(letter, thread, inbox="drivers", copy=True)
    detour = replace(
        letter, raw=b"Received: from mx.example.org by in.fleur.example; Mon, 2 Mar 2026 10:00:00 +0000\n" + letter.raw
    )
    yield arrives(detour, thread, copy=True)
    ours = yield WeReply(thread, "Soon.")
    assert ours
    yield arrives(writer.answers(ours), thread)


def copied(teller: Teller, thread: str) -> Story:
    """Somebody in copy answers to all: held with our reply, apart with the customer's mail."""
    writer, other = teller.writer(), teller.writer()
    first = writer.writes("Tulips", cc=[other.person])
    yield arrives(first, thread)
    yield arrives(other.follows_up(first, "Re: Tulips", cc=[writer.person]), f"{thread}-other")
    ours = yield WeReply(thread, "Soon.")
    assert ours
    yield arrives(
        other.answers(ours, cc=[writer.person], references=[first.message_id, ours.message_id]), thread, held=True
    )
    yield arrives(writer.answers(ours), thread)


def passed_on(teller: Teller, thread: str) -> Story:
    """The customer passes our reply on; the colleague writes to us with all references."""
    writer, other = teller.writer(), teller.writer()
    first = writer.writes("Tulips")
    yield arrives(first, thread)
    ours = yield WeReply(thread, "Soon.")
    assert ours
    forward = "inside@laden.example"
    yield arrives(
        other.answers(ours, in_reply_to=forward, references=[first.message_id, ours.message_id, forward]),
        thread,
        held=True,
    )


def no_message_id(teller: Teller, thread: str) -> Story:
    """A form that writes neither Message-ID nor Date, with the same words under two subjects."""
    writer = teller.writer()
    letter = writer.writes("Order 1", message_id="")
    body = letter.raw.partition(b"\n\n")[2]
    for number in (1, 2):
        head = f"From: {writer.person.mail}\nTo: {SHOP.mail}\nSubject: Order {number}\n"
        kept = b"".join(
            line + b"\n"
            for line in letter.raw.partition(b"\n\n")[0].split(b"\n")
            if line.lower().startswith((b"content-", b"mime-"))
        )
        raw = head.encode() + kept + b"\n" + body
        yield arrives(replace(letter, raw=raw), f"{thread}-{number}")
        yield arrives(replace(letter, raw=raw), f"{thread}-{number}", copy=True)
    ours = yield WeReply(f"{thread}-2", "Soon.")
    assert ours
    yield arrives(writer.answers(ours), f"{thread}-2")


def reused_id(teller: Teller, thread: str) -> Story:
    """A program gives every mail the same Message-ID, for two people who have nothing to do with each other."""
    for number, writer in enumerate((teller.writer(), teller.writer())):
        first = writer.writes("Hello", message_id="1@localhost")
        yield arrives(first, f"{thread}-{number}")
        ours = yield WeReply(f"{thread}-{number}", "Soon.")
        assert ours
        yield arrives(writer.answers(ours, message_id="1@localhost"), f"{thread}-{number}")
        yield arrives(
            writer.follows_up(
                first, "Re: Hello", message_id="1@localhost", in_reply_to="1@localhost", references=["1@localhost"]
            ),
            f"{thread}-{number}",
        )


def newsletter(teller: Teller, thread: str) -> Story:
    """The same sender and subject every week, with a number that looks like ours."""
    writer = teller.writer()
    more = [
        ("List-Id", "<news.shop.example>"),
        ("List-Unsubscribe", "<https://shop.example/u>"),
        ("Precedence", "bulk"),
    ]
    yield arrives(writer.writes("Tulips"), f"{thread}-question")
    yield WeReply(f"{thread}-question", "Soon.")
    for number in range(2):
        yield arrives(writer.writes("Re: Tulips #1", more=more), f"{thread}-{number}")


def mailing_list(teller: Teller, thread: str) -> Story:
    """A list puts its own address in From and Reply-To; two members write about two things."""
    address = f"flowers{teller.number}@lists.example"
    more = [("List-Id", "<flowers.lists.example>"), ("Precedence", "list")]
    for number, writer in enumerate((teller.writer(), teller.writer())):
        theirs = Person(f"{writer.person.name} via Flowers", address)
        letter = writer.writes(
            "[Flowers] Tulips", sender=theirs, more=[*more, ("Reply-To", f"{writer.person.mail}, {address}")]
        )
        yield arrives(letter, f"{thread}-{number}")


def closed(teller: Teller, thread: str) -> Story:
    """An answer comes when we were done."""
    writer = teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    ours = yield WeReply(thread, "Done.")
    assert ours
    yield WeDo("close", thread)
    yield arrives(writer.answers(ours), thread)


def merged(teller: Teller, thread: str) -> Story:
    """Two questions of one person are merged; answers to both belong together."""
    writer = teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    one = yield WeReply(thread, "Soon.")
    yield arrives(writer.writes("Roses"), f"{thread}-second")
    two = yield WeReply(f"{thread}-second", "Soon too.")
    assert one
    assert two
    yield WeDo("merge", f"{thread}-second", thread)
    yield arrives(writer.answers(two), thread)
    yield arrives(writer.answers(one), thread)


def split(teller: Teller, thread: str) -> Story:
    """The second mail was about something else and got a conversation of its own; its answers go there."""
    writer = teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    first = yield WeReply(thread, "Soon.")
    assert first
    other = writer.answers(first)
    yield arrives(other, thread)
    yield WeDo("split", thread, f"{thread}-other")
    yield arrives(writer.follows_up(other, "Re: Tulips", references=[other.message_id]), f"{thread}-other")
    yield arrives(writer.answers(first, references=[first.message_id]), thread)


def same_subject(teller: Teller, thread: str) -> Story:
    """Strangers write under the same subject, one with the other's Outlook thread index, one with "Re:" and a number."""
    outlook = next(program for program in PROGRAMS if program.thread_index)
    writer, stranger, third = teller.writer(program=outlook), teller.writer(program=outlook), teller.writer()
    first = writer.writes("Invoice")
    yield arrives(first, thread)
    yield WeReply(thread, "Soon.")
    yield arrives(stranger.writes("RE: Invoice", thread_index=first.thread_index), f"{thread}-stranger")
    yield arrives(third.writes("Re: Invoice [#1]"), f"{thread}-third")
    yield arrives(writer.writes("Invoice"), f"{thread}-again")


def forgets(teller: Teller, thread: str) -> Story:
    """A program that names nothing it answers."""
    writer = teller.writer()
    yield arrives(writer.writes("Vase 7"), thread)
    ours = yield WeReply(thread, "Soon.")
    assert ours
    yield arrives(writer.answers(ours, in_reply_to="", references=[]), thread)


def new_subject(teller: Teller, thread: str) -> Story:
    """An answer under another subject."""
    writer = teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    ours = yield WeReply(thread, "Soon.")
    assert ours
    yield arrives(writer.answers(ours, subject="And now something else"), thread)


def other_address(teller: Teller, thread: str) -> Story:
    """The customer answers from a plus address, which nobody has proved to be theirs."""
    writer = teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    ours = yield WeReply(thread, "Soon.")
    assert ours
    local, _, domain = writer.person.mail.partition("@")
    other = Person(writer.person.name, f"{local}+shop@{domain}")
    yield arrives(writer.answers(ours, sender=other), thread, held=True)


def by_address(teller: Teller, thread: str) -> Story:
    """Only the signed address leads back; a third party's mail to it is held."""
    writer, bank = teller.writer(), teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    ours = yield WeReply(thread, "Soon.")
    assert ours
    home = [Person("Fleur", ours.reply_to or SHOP.mail)]
    yield arrives(writer.answers(ours, in_reply_to="", references=[], to=home, subject="no word of it"), thread)
    yield arrives(bank.writes("Your code is 123456", to=home), thread, held=True)


def out_of_office(teller: Teller, thread: str) -> Story:
    """A machine answers for the customer."""
    writer = teller.writer()
    yield arrives(writer.writes("Tulips"), thread)
    ours = yield WeReply(thread, "Soon.")
    assert ours
    yield arrives(writer.answers(ours, more=[("Auto-Submitted", "auto-replied")]), thread)
    yield arrives(writer.answers(ours), thread)


def forwards(teller: Teller, thread: str) -> Story:
    """A customer forwards to us what somebody wrote to them."""
    forwarding = next(program for program in PROGRAMS if FORWARD in program.ways)
    writer, other = teller.writer(program=forwarding), teller.writer()
    theirs = other.writes("Offer")
    older = as_older(theirs, other.written[0][1])
    yield arrives(writer._send(FORWARD, older, Envelope(writer.person, [SHOP], writer._now(), "Offer"), {}), thread)
    yield arrives(other.writes("Offer"), f"{thread}-other")


HARD: dict[str, Callable[[Teller, str], Story]] = {
    make.__name__: make
    for make in (
        follow_up, overtaken, two_addresses, copied, passed_on, no_message_id, reused_id, newsletter, mailing_list, closed,
        merged, split, same_subject, forgets, new_subject, other_address, by_address, out_of_office, forwards,
    )
}  # fmt: skip
