"""Single mails by the thousand, each with its truth: the held-out measure of splitting."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tests.mailwriting import programs_seen, programs_unseen, tongues_seen, tongues_unseen
from tests.mailwriting.letter import Envelope, Letter, answer_subject, as_older, write_letter
from tests.mailwriting.page import FIRST, Page, Person, Program
from tests.mailwriting.tongue import Tongue

SEEN = (programs_seen.SEEN, tongues_seen.SEEN)
UNSEEN = (programs_unseen.UNSEEN, tongues_unseen.UNSEEN)
PROGRAMS = (*programs_seen.SEEN, *programs_unseen.UNSEEN)
TONGUES = (*tongues_seen.SEEN, *tongues_unseen.UNSEEN)
START = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
NAMES = (
    ("Ada Bell", "ada.bell"), ("Jörg Müller-Lüdenscheidt", "j.mueller"), ("O'Neil, Sinéad", "sinead"),
    ("Марина Ким", "marina"), ("田中 美咲", "tanaka"), ("Ana María de la Cruz", "ana.maria"), ("info@laden.example", "info"),
    ("Dr. Kofi Mensah", "kofi"), ("Łukasz Żak", "lukasz"), ("Zeynep Çelik", "zeynep"), ("أمل حداد", "amal"), ("noa", "noa"),
)  # fmt: skip
SHOP = Person("Fleur Flowers", "hello@fleur.example")
_SUBJECTS = ("Tulips", "Order 20418", "Rechnung", "Lieferung: wann?", "Broken vase", "Ваза", "花瓶", "Re-order", "")
# What people write that looks like something else.
_TRAPS = (
    "On Monday we are closed.", "Am 3. März schrieb ich Ihnen schon einmal.", "From: Paris\nTo: London\nDate: 3 May",
    "My order:\n- 12 roses\n- 3 tulips", "See https://example.org/orders/20418?from=mail for the rest.",
    "She wrote: never again!", "1. red\n2. white\n3. yellow", "The code is #20418, the total 39,90 (VAT: 6,37).",
    "Thanks for the quick help on 12.03.2026 at 10:30.", "Regards to Ana, by the way, she was very kind to us on the phone.",
    "Subject to your approval we take the larger one.", "I quote your page: \"delivered within two days\".",
    "Le 12 mars 2026 à 10:30 le livreur est passé, mais personne n'a ouvert.", "Sent from Berlin it takes two days, you said.",
)  # fmt: skip
_FOOTERS = (
    "This e-mail and any attachments are confidential. If you are not the intended recipient, please delete it.",
    "Diese E-Mail enthält vertrauliche Informationen. Bitte löschen Sie sie, wenn sie nicht für Sie bestimmt ist.",
    "Ce message et toutes les pièces jointes sont confidentiels.",
    "Geschäftsführer: Jörg Müller, Amtsgericht Berlin, HRB 20418",
    "Please consider the environment before printing this e-mail.",
)
_CONTACT = (
    (),
    ("+49 30 1234567",),
    ("Fleur Street 7, 10115 Berlin", "Tel. +49 30 1234567", "www.example.org"),
    ("Head of Purchasing", "Example Ltd.", "ada@example.org"),
)


def letters(count: int, *, seed: int, half: tuple[Sequence[Program], Sequence[Tongue]]) -> Iterator[Letter]:
    """Answers, forwards and first mails in every program and tongue of the half, with closings long, short or none."""
    rng = random.Random(seed)
    programs, tongues = half
    for number in range(count):
        program = programs[number % len(programs)]
        tongue = tongues[(number // len(programs)) % len(tongues)]
        yield sample(program, tongue, rng)


def sample(program: Program, tongue: Tongue, rng: random.Random) -> Letter:
    """One mail, with two older ones below it where the program answers."""
    writer, way = person(rng), rng.choice(program.ways)
    at = START + timedelta(minutes=rng.randrange(300_000))
    subject = rng.choice(_SUBJECTS)
    first = Page(tongue, writer, words(tongue, rng, SHOP), closing(tongue, writer, rng))
    older = None
    if way != FIRST:
        opening = Envelope(writer, [SHOP], at, subject)
        plainest = Program(
            "a form",
            introduce=lambda page: "",
            wrap_quote=lambda page: "",
            paragraph="<p>{}</p>",
            frame="<div>{}</div>",
            parts=("both",),
        )
        asked = as_older(write_letter(first, plainest, opening, rng), opening)
        answer = Envelope(SHOP, [writer], at + timedelta(hours=2), f"Re: {subject}")
        page = Page(tongue, SHOP, words(tongue, rng, writer), (tongue.closing, "Ana"), "top", asked)
        nested = rng.random() < 0.6
        deep = program if nested and "top" in program.ways else plainest
        page = page if nested else Page(tongue, SHOP, page.words, page.closing)
        older = as_older(write_letter(page, deep, answer, rng), answer)
    said, ends = words(tongue, rng, SHOP), closing(tongue, writer, rng)
    if rng.random() < 0.4:
        said = (*said, rng.choice(_TRAPS), rng.choice(tongue.sentences))
    if ends and rng.random() < 0.2:
        ends = (*ends, "", rng.choice(_FOOTERS))
    if rng.random() < 0.2:
        program = replace(program, gap="\n")
    page = Page(tongue, writer, said, ends, way, older)
    envelope = Envelope(
        writer, [SHOP], at + timedelta(hours=5), answer_subject(subject, page), in_reply_to="x@fleur.example"
    )
    return write_letter(page, program, envelope, rng)


def person(rng: random.Random) -> Person:
    """Somebody with one of the names, at one of a few domains."""
    name, local = rng.choice(NAMES)
    return Person(name, f"{local}@{rng.choice(('example.org', 'laden.example', 'post.example.net'))}")


def words(tongue: Tongue, rng: random.Random, reader: Person) -> tuple[str, ...]:
    """A greeting, often, and one to four sentences in one to three paragraphs."""
    chosen = rng.sample(tongue.sentences, rng.randint(1, 4))
    pieces = [chosen[:2], chosen[2:3], chosen[3:]]
    paragraphs = [" ".join(piece) for piece in pieces if piece]
    if rng.random() < 0.7:
        paragraphs.insert(0, tongue.hello.format(name=reader.name.split()[0]))
    return tuple(paragraphs)


def closing(tongue: Tongue, writer: Person, rng: random.Random) -> tuple[str, ...]:
    """How the writer ends: not at all, by name, or with all they have."""
    if rng.random() < 0.15:
        return ()
    return (tongue.closing, writer.name, *rng.choice(_CONTACT))
