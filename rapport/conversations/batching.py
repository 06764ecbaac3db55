"""One macro's words to many conversations: replies or notes, each held like a single one, all taken back by one undo.

Everything agreed upon in the preview is asked again under the locks. What has changed since is left out and listed;
nothing is sent that nobody saw, and nothing is dropped without a word.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max, QuerySet

from rapport.conversations import (
    access,
    applying,
    batch_planning,
    locking,
    noting,
    recipients,
    replying,
    undoing,
)
from rapport.conversations.batch_errors import MacroChanged, TooManyAtOnce
from rapport.conversations.batch_planning import Letter, Why
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.errors import (
    ConversationRefusal,
    NotFound,
    NothingToSay,
    SomeoneAnswered,
    TooLate,
)
from rapport.conversations.models import Batch, Conversation, Macro, Message
from rapport.events import auditing
from rapport.events.models import Event
from rapport.kit import clock
from rapport.people import preferring
from rapport.people.models import Account
from rapport.people.rights import Right

MOST = 100
_MARKUP = re.compile(r"<[^>]*>|&nbsp;|\u00a0")


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody saw and said yes to. `letters`: by number the newest message then, and the Letter.stamp.

    `version`: when the macro was last changed; `left`: number, Why and detail of those that were left out already.
    """

    key: str
    macro_id: int
    version: datetime
    as_note: bool
    letters: Mapping[int, tuple[int, str]]
    left: Sequence[tuple[int, str, str]] = ()


@dataclass(slots=True)
class _Going:
    done: list[tuple[int, int]] = field(default_factory=list)
    left: list[tuple[int, str, str]] = field(default_factory=list)


def has_words(macro: Macro) -> bool:
    """Whether it says anything beside its steps. Cheap: menus ask it of every macro there is."""
    return bool(_MARKUP.sub("", macro.html).strip())


def preview(macro: Macro, chosen: Sequence[Conversation], *, by: Account, as_note: bool) -> list[Letter]:
    """What each of these would get, or why not. Raises NotAllowed, NothingToSay, TooManyAtOnce."""
    _demand(macro, by, as_note=as_note)
    if len(chosen) > MOST:
        raise TooManyAtOnce(len(chosen), MOST)
    return batch_planning.plan(macro, chosen, by=by, as_note=as_note)


def carry_out(macro: Macro, agreed: Agreed, *, by: Account) -> Batch:
    """Do the macro's steps and hold its words, in each conversation that is as it was agreed upon; once for each key.

    Raises MacroChanged, NotFound for somebody else's key, and what `preview` raises.
    """
    _demand(macro, by, as_note=agreed.as_note)
    if len(agreed.letters) > MOST:
        raise TooManyAtOnce(len(agreed.letters), MOST)
    with transaction.atomic():
        # Made first: whoever presses twice waits here for the first press, and finds what it did.
        batch, is_new = Batch.objects.get_or_create(
            key=agreed.key, defaults={"by": by, "macro": macro, "name": macro.name, "as_note": agreed.as_note}
        )
        if batch.by_id != by.pk:
            raise NotFound
        if not is_new:
            return batch
        if macro.changed_at != agreed.version:
            raise MacroChanged
        before = Event.objects.aggregate(newest=Max("pk"))["newest"] or 0
        going = _written(macro, agreed, by)
        numbers = [number for number, _message in going.done]
        own = Event.objects.filter(pk__gt=before, actor_id=by.pk, conversation_id__in=numbers).order_by("pk")
        batch.done, batch.left = [list(one) for one in going.done], [list(one) for one in (*agreed.left, *going.left)]
        batch.events = list(own.values_list("pk", flat=True)) if macro.acts else []
        # The last was written some time after the first; all of them wait until the same moment.
        batch.release_at = clock.now() + timedelta(seconds=preferring.undo_seconds(by))
        _messages(batch).update(release_at=batch.release_at)
        batch.save()
        told = {"done": len(going.done), "left": len(batch.left), "kind": "note" if agreed.as_note else "reply"}
        auditing.changed("macro.written", macro, by=by, after=told)
        return batch


def take_back(batch: Batch, *, by: Account) -> Batch:
    """What is still held is not sent, and the macro's steps are taken back there; what went out stays as it is.

    Raises NotFound for somebody else's, TooLate when all has gone out.
    """
    if batch.by_id != by.pk:
        raise NotFound
    with transaction.atomic():
        batch = Batch.objects.select_for_update().get(pk=batch.pk)
        if batch.taken_at is not None:
            return batch
        back = set()
        for message in _messages(batch).select_related("conversation").order_by("pk"):
            try:
                replying.cancel(message, by=by, keeps=False)
            except TooLate:
                continue
            back.add(message.conversation_id)
        if not back:
            raise TooLate
        steps = Event.objects.filter(pk__in=batch.events, conversation_id__in=back).values_list("pk", flat=True)
        if batch.events and (found := list(steps)):
            undoing.undo(found, by=by)
        batch.taken, batch.taken_at = len(back), clock.now()
        batch.save(update_fields=["taken", "taken_at"])
        return batch


def of(account: Account, key: str) -> Batch:
    """The account's own batch of this key. Raises NotFound."""
    found = Batch.objects.filter(key=key, by=account).first()
    if found is None:
        raise NotFound
    return found


def _demand(macro: Macro, by: Account, *, as_note: bool) -> None:
    access.demand(by, Right.NOTE if as_note else Right.REPLY)
    if macro.acts:
        access.demand(by, Right.MANAGE)
    if not has_words(macro):
        raise NothingToSay


def _written(macro: Macro, agreed: Agreed, by: Account) -> _Going:
    going = _Going()
    seen = access.conversations_visible_to(by).filter(pk__in=agreed.letters, merged_into=None).order_by("pk")
    chosen = [one for one in locking.lock_all_living(list(seen)) if one.pk in agreed.letters]
    letters = {one.number: one for one in batch_planning.plan(macro, chosen, by=by, as_note=agreed.as_note)}
    rows = {one.pk: one for one in chosen}
    for number in sorted(agreed.letters):
        letter = letters.get(number)
        if letter is None:
            going.left.append((number, Why.GONE, ""))
        elif letter.why:
            going.left.append((number, letter.why, letter.detail))
        elif letter.stamp != agreed.letters[number][1]:
            going.left.append((number, Why.CHANGED, ""))
        else:
            _write(macro, rows[number], letter, agreed, by, going)
    return going


def _write(
    macro: Macro, conversation: Conversation, letter: Letter, agreed: Agreed, by: Account, going: _Going
) -> None:
    """The steps and the words in one conversation, both or none."""
    try:
        with transaction.atomic():
            applying.act(macro, conversation, by=by)
            message = _hold(conversation, letter, agreed, by)
    except SomeoneAnswered as refusal:
        last = refusal.since[-1]
        who = last.author.name if last.author else last.sender_name or last.sender_email
        going.left.append((letter.number, Why.ANSWERED, who))
    except ConversationRefusal as refusal:
        going.left.append((letter.number, Why.REFUSED, str(refusal)))
    else:
        going.done.append((letter.number, message.pk))


def _hold(conversation: Conversation, letter: Letter, agreed: Agreed, by: Account) -> Message:
    if agreed.as_note:
        return noting.hold(conversation, by=by, html=letter.html, delay=timedelta(seconds=preferring.undo_seconds(by)))
    content = ReplyContent(
        html=letter.html,
        to=recipients.addresses(letter.to),
        cc=recipients.addresses(letter.cc),
        seen_message_id=agreed.letters[letter.number][0],
    )
    return replying.reply(conversation, by=by, content=content)


def _messages(batch: Batch) -> QuerySet[Message]:
    return Message.objects.filter(pk__in=[message for _number, message in batch.done])
