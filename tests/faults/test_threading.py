"""R-10, R-11: mails as three dozen programs write them, through the real intake, and where each of them ends up."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from dataclasses import replace

import pytest
from django.conf import settings

from rapport.channels.email import references
from rapport.channels.email.parsing.mail import parse_mail
from rapport.conversations import closing, merging, splitting
from rapport.conversations.locking import living
from rapport.conversations.models import Conversation, Message
from rapport.conversations.tests.cast import Cast, fresh, make_cast
from rapport.intake.models import RawMessage
from rapport.intake.tests.mails import arrive, message_of
from tests.faults.reporting import size
from tests.mailwriting.measuring import measure
from tests.mailwriting.sampling import PROGRAMS, TONGUES, letters
from tests.mailwriting.stories import Arrives, Ours, Story, Teller, WeDo, WeReply

SQLITE = os.environ.get("RAPPORT_TEST_DATABASE") != "postgresql"


class Shop:
    """Lets stories happen in the real product and remembers where every mail went."""

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        self.places: list[tuple[Arrives, RawMessage]] = []
        self.homes: dict[str, int] = {}  # thread -> id of the conversation its first mail opened

    def take(self, step: Arrives | WeReply | WeDo) -> Ours | None:
        """Let one thing happen."""
        if isinstance(step, WeReply):
            return self.reply(step)
        if isinstance(step, WeDo):
            self.act(step)
            return None
        inbox = self.cast.inbox if step.inbox == "shop" else self.cast.drivers_inbox
        row = arrive(step.raw, inbox)
        self.places.append((step, row))
        if row.conversation_id is not None:
            self.homes.setdefault(step.thread, row.conversation_id)
        return None

    def reply(self, step: WeReply) -> Ours:
        """Ana answers, from whichever inbox the conversation came by."""
        message = self.cast.replies(Conversation.objects.get(pk=self.homes[step.thread]), step.words, by=self.cast.sam)
        address = references.make_reply_address("hello@fleur.example", message.conversation_id, ring=settings.KEY_RING)
        return Ours(
            message.external_id, message.subject, message.text, address if step.thread.startswith("by_address") else ""
        )

    def act(self, step: WeDo) -> None:
        """Sam closes, merges or splits."""
        conversation = Conversation.objects.get(pk=self.homes[step.thread])
        if step.act == "close":
            closing.close(conversation, by=self.cast.sam)
        elif step.act == "merge":
            merging.merge(conversation, into=Conversation.objects.get(pk=self.homes[step.other]), by=self.cast.sam)
        else:
            last = conversation.messages.order_by("pk").last()
            assert last
            self.homes[step.other] = splitting.split([last], by=self.cast.sam).pk
            self.places = [
                (replace(then, thread=step.other) if row.message_id == last.pk else then, row)
                for then, row in self.places
            ]


def happen(shop: Shop, told: list[tuple[str, Story]], rng) -> None:
    """All stories at once, a step of one, then a step of another."""
    waiting: list[tuple[Story, Ours | None]] = [(story, None) for _, story in told]
    while waiting:
        at = rng.randrange(min(len(waiting), 40))
        story, answer = waiting.pop(at)
        try:
            step = story.send(answer)
        except StopIteration:
            continue
        waiting.insert(at, (story, shop.take(step)))


def homes_of_threads(shop: Shop) -> dict[str, set[int]]:
    """Where the mails of each thread stand now, held ones and copies too."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    for step, row in shop.places:
        if row.message_id is not None:
            message = Message.objects.select_related("conversation").get(pk=row.message_id)
            found[step.thread].add(living(message.conversation).pk)
    return found


@pytest.mark.long
@pytest.mark.django_db
@pytest.mark.timeout(900)
def test_every_mail_joins_its_own_conversation_and_nobody_elses(rng, tell):
    count = size(commit=int(os.environ.get("G_COUNT", "1000")), night=5000, release=5000) if SQLITE else 120
    shop = Shop(make_cast())
    happen(shop, Teller(rng.randrange(10**9)).stories(count), rng)

    wrong, apart, twice, lost = mistakes(shop)
    true_replies = sum(1 for step, _ in shop.places if not step.copy) - len(shop.homes)
    tell(
        f"{count} conversations, {len(shop.places)} mails, {len(PROGRAMS)} programs, {len(TONGUES)} languages: wrong merges "
        f"{len(wrong)}, answers apart {len(apart)} of {true_replies}, shown twice {len(twice)}, lost {len(lost)}"
    )
    assert (wrong, twice, lost) == ([], [], []), apart
    assert apart == [] or len(apart) <= true_replies * 0.005, apart


def mistakes(shop: Shop) -> tuple[list[str], list[str], list[str], list[str]]:
    """Threads that share a conversation, threads in several, mails shown twice or wrongly held, mails lost."""
    homes = homes_of_threads(shop)
    joined = {step.thread for step, _ in shop.places}
    owners: defaultdict[int, set[str]] = defaultdict(set)
    for thread in joined:
        for home in homes[thread]:
            owners[home].add(thread.removesuffix("-second") if thread.startswith("merged") else thread)
    wrong = [f"{sorted(threads)}" for threads in owners.values() if len(threads) > 1]
    apart = [thread for thread in joined if len(homes[thread]) > 1]
    shown: Counter[int] = Counter(row.message_id for step, row in shop.places if not step.copy and row.message_id)
    twice = [str(message) for message, times in shown.items() if times > 1]
    lost = []
    for step, row in shop.places:
        state = Message.objects.values_list("state", flat=True).filter(pk=row.message_id or 0).first()
        if state is None or (row.state == RawMessage.State.DUPLICATE) is not step.copy:
            lost.append(f"{step.thread}: {row.state}")
        elif not step.copy and (state == Message.State.STRANGER) is not step.held:
            wrong.append(f"{step.thread}: {'not ' if step.held else ''}held")
    return wrong, apart, twice, lost


@pytest.mark.long
@pytest.mark.skipif(not SQLITE, reason="the reader knows no database")
def test_two_thousand_mails_are_read_and_split_as_they_were_written(rng, tell):
    count = size(commit=2000, night=20_000, release=50_000)
    score = measure(letters(count, seed=rng.randrange(10**9), half=(PROGRAMS, TONGUES)))
    tell(f"{len(PROGRAMS)} programs in {len(TONGUES)} languages: {score}")
    assert score.share >= 0.97


@pytest.mark.django_db
def test_generated_mails_of_every_program_are_visible_with_their_words(rng):
    cast = make_cast()
    for letter in letters(len(PROGRAMS) * 3, seed=rng.randrange(10**9), half=(PROGRAMS, TONGUES)):
        row = arrive(letter.raw, cast.inbox)
        assert row.state == RawMessage.State.PROCESSED, (letter.program, row.last_error)
        message = message_of(row)
        assert message.text.strip() == parse_mail(letter.raw).text.strip()
        assert fresh(message.conversation).message_count >= 1
