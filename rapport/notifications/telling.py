"""Reactions that tell colleagues what concerns them. Each is safe to repeat and never tells who did it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapport.conversations import access, alongside, gathering, locking
from rapport.conversations.models import Conversation, Involvement, Message, Question, ReadMark
from rapport.events.models import Event
from rapport.notifications import pushing, ringing, ruling
from rapport.notifications.models import Notification
from rapport.notifications.topics import DEFAULTS, FROM_OUTSIDE, By, Said, Why, topic_of
from rapport.notifications.ways import WAYS, Telling
from rapport.people import installing
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Objects
from rapport.rows.gathering import Gathered

_read_following = Objects(
    lambda numbers: (
        Involvement.objects.select_related("account")
        .filter(conversation_id__in=numbers, reason=Involvement.Reason.FOLLOWING)
        .order_by("pk")
    )
)
_WHO = 160


@dataclass(frozen=True, slots=True)
class News:
    """What happened where: `who` did it, `message` it is about."""

    conversation: Conversation
    who: str = ""
    message: Message | None = None


# Somebody to be told, what to say, and why them.
Told = tuple[Account, Said, Why]


def _followers(numbers: Sequence[int]) -> dict[int, list[Account]]:
    found: dict[int, list[Account]] = {}
    for involvement in _read_following.ask(numbers):
        found.setdefault(involvement.conversation_id, []).append(involvement.account)
    return found


_following: Gathered[int, list[Account]] = Gathered(_followers)


def gather(events: Sequence[Event]) -> None:
    """Ask at once what is asked of each message that came, where a group of work reads together."""
    gathering.gather(event.subject_id for event in events)
    _following.gather(event.conversation_id for event in events if event.conversation_id is not None)


def about_customer_message(event: Event) -> None:
    """A customer wrote, or a stranger whose message is held: tell the assignee and who follows."""
    message = _message(event.subject_id)
    if message is None or event.data.get("spam"):
        return
    conversation = alongside.main_of(message.conversation)
    if conversation.status == Conversation.Status.SPAM:
        return
    said = Said.STRANGER if event.kind == "message.stranger" else Said.WROTE
    concerned = [(account, said, why) for account, why in _concerned(conversation)]
    told = [*concerned, *_who_asked(message, said)]
    _tell(event, News(conversation, message.sender_name or message.sender_email, message), told)


def about_note(event: Event) -> None:
    """A note: tell the colleagues it mentions, who asked for it by mail, then the assignee and who follows."""
    message = _message(event.subject_id)
    if message is None:
        return
    conversation = alongside.main_of(message.conversation)
    news = News(conversation, message.sender_name or message.sender_email, message)
    concerned = [(one, Said.NOTED, why) for one, why in _concerned(conversation)]
    _tell(event, news, [*_mentioned(event), *_who_asked(message, Said.ANSWERED), *concerned])


def about_side_answer(event: Event) -> None:
    """Somebody who was written to beside a conversation answered: tell the assignee, who follows, who began that."""
    message = _message(event.subject_id)
    if message is None:
        return
    conversation, began = alongside.main_of(message.conversation), alongside.begun_by(message.conversation)
    told = [(account, Said.ASIDE, why) for account, why in _concerned(conversation)]
    told += [(began, Said.ASIDE, Why.AUTHOR)] if began else []
    _tell(event, News(conversation, message.sender_name or message.sender_email, message), told)


def about_assignment(event: Event) -> None:
    """Somebody else made an account responsible: tell it."""
    account = _account(event.data.get("to"))
    conversation = _conversation(event)
    if account is None or conversation is None or conversation.assignee_id != account.pk:
        return
    _tell(event, News(conversation, _actor(event)), [(account, Said.ASSIGNED, Why.ASSIGNED)])


def about_move(event: Event) -> None:
    """Somebody handed a conversation to another team: tell its members."""
    conversation = _conversation(event)
    team = event.data.get("to")
    if conversation is None or not team or event.actor_id is None or conversation.team_id != team:
        return
    members = Account.objects.filter(memberships__team=team, is_active=True).order_by("pk")
    told = ((account, Said.MOVED, Why.MEMBER) for account in members if account.pk != conversation.assignee_id)
    _tell(event, News(conversation, _actor(event)), told)


def about_returned_reply(event: Event) -> None:
    """A held reply came back because somebody wrote first: tell its author."""
    _trouble(event, event.subject_id, Said.RETURNED)


def about_failed_delivery(event: Event) -> None:
    """A reply could not be delivered, or perhaps was not: tell its author."""
    is_doubtful = event.kind == "delivery.possibly_sent"
    _trouble(event, event.data.get("message"), Said.POSSIBLY_SENT if is_doubtful else Said.FAILED)


def about_bounce(event: Event) -> None:
    """A mail server reported a failure for good: tell the author of the reply that came back."""
    if event.data.get("permanent"):
        _trouble(event, event.data.get("message"), Said.BOUNCED)


def about_waking(event: Event) -> None:
    """A snooze ended by its time: tell who is responsible, else who put it away."""
    conversation = _conversation(event)
    if conversation is None or event.actor_id is not None:
        return
    if conversation.assignee is not None:
        _tell(event, News(conversation), [(conversation.assignee, Said.WOKEN, Why.ASSIGNEE)])
        return
    before = Event.objects.filter(conversation_id=conversation.pk, id__lt=event.pk, kind="conversation.snoozed")
    account = _account(before.order_by("-id").values_list("actor_id", flat=True).first())
    if account is not None:
        _tell(event, News(conversation), [(account, Said.WOKEN, Why.SNOOZED)])


def about_taken_draft(event: Event) -> None:
    """A colleague goes on with a draft: tell who began it."""
    account, conversation = _account(event.data.get("from")), _conversation(event)
    if account is not None and conversation is not None:
        _tell(event, News(conversation, _actor(event)), [(account, Said.TAKEN, Why.DRAFTED)])


def about_reopening(event: Event) -> None:
    """A colleague opened it again: tell the assignee. When the customer did, their message is told."""
    conversation = _conversation(event)
    if conversation is None or event.actor_id is None or conversation.assignee is None:
        return
    _tell(event, News(conversation, _actor(event)), [(conversation.assignee, Said.REOPENED, Why.ASSIGNEE)])


def _trouble(event: Event, message_id: int | None, said: Said) -> None:
    message = _message(message_id)
    if message is not None and message.author is not None:
        news = News(alongside.main_of(message.conversation), message=message)
        is_question = message.kind == Message.Kind.NOTE
        told = (Said.NOT_ASKED, Why.ASKED) if is_question else (said, Why.AUTHOR)
        _tell(event, news, [(message.author, *told)])


def _who_asked(message: Message, said: Said) -> Iterator[Told]:
    """Whose question by mail this answers."""
    if message.kind != Message.Kind.NOTE or message.author_id is not None or not message.in_reply_to_message_id:
        return
    asked = Question.objects.select_related("message__author").filter(pk=message.in_reply_to_message_id).first()
    if asked is not None and asked.message.author is not None:
        yield asked.message.author, said, Why.ASKED


def _mentioned(event: Event) -> Iterator[Told]:
    """Everybody a note mentions; who is meant by name is told so, the others that their team is."""
    by_team = set(event.data.get("by_team", []))
    for account in Account.objects.filter(pk__in=event.data.get("mentions", [])).order_by("pk"):
        is_member = account.pk in by_team
        yield (
            (account, Said.TEAM_MENTIONED, Why.TEAM_MENTIONED)
            if is_member
            else (account, Said.MENTIONED, Why.MENTIONED)
        )


def _concerned(conversation: Conversation) -> Iterable[tuple[Account, Why]]:
    """Who keeps an eye on a conversation, and why."""
    if conversation.assignee is not None:
        yield conversation.assignee, Why.ASSIGNEE
    for account in _following.of(conversation.pk) or ():
        yield account, Why.FOLLOWER


def _tell(event: Event, news: News, told: Iterable[Told]) -> None:
    """Tell each person once, for the first reason, by the ways they wish."""
    if event.historic or installing.is_held():
        return  # the original of a restored copy has told it, or will
    people = {account.pk: (account, said, why) for account, said, why in reversed(list(told))}
    people.pop(event.actor_id or 0, None)
    if not people:
        return
    own = ruling.wishes(people)
    seen = _on_screen(news, people)
    with_device = pushing.with_device(people)
    rung = []
    for pk in sorted(people):
        account, said, why = people[pk]
        topic = topic_of(said, why)
        wish = own.get((pk, topic.value), DEFAULTS[topic])
        is_wanted = wish.bell or wish.mail != By.NEVER or (wish.push and pk in with_device)
        if not is_wanted or not _may_know(account, news.conversation, said):
            continue
        row = Notification(
            account=account,
            conversation=news.conversation,
            event_id=event.pk,
            message_id=news.message.pk if news.message else None,
            actor_id=event.actor_id,
            who=news.who[:_WHO],
            topic=topic,
            said=said,
            why=why,
            at=event.at,
        )
        if _store(row, event) and _send(Telling(row, event, wish, pk in seen, pk in with_device)):
            rung.append(pk)
    ringing.ring_after_commit(rung)


def _store(row: Notification, event: Event) -> bool:
    """Write it down; False when this person was told of this event before."""
    if Notification.objects.filter(account_id=row.account_id, event_id=event.pk).exists():
        return False
    row.save(force_insert=True)
    return True


def _send(telling: Telling) -> bool:
    """By every way; whether the bell is to ring."""
    for way in WAYS:
        way(telling)
    row = telling.row
    row.save(update_fields=["on_bell", "read_at", "mail", "mail_at", "mailed_at", "push", "push_at", "pushed_at"])
    return row.on_bell and row.read_at is None


def _may_know(account: Account, conversation: Conversation, said: Said) -> bool:
    """Whether they may see the conversation now, and read what the news is about."""
    if not account.is_active or (said in FROM_OUTSIDE and not account.may(Right.READ_MESSAGES)):
        return False
    return access.conversations_visible_to(account).filter(pk=conversation.pk).exists()


def _on_screen(news: News, people: Iterable[int]) -> set[int]:
    """Who has read up to the message already: it came while they were looking."""
    if news.message is None or news.message.kind == Message.Kind.REPLY:
        return set()
    marks = ReadMark.objects.filter(conversation=news.conversation, account__in=people)
    return set(marks.filter(message_id__gte=news.message.pk).values_list("account_id", flat=True))


def _message(pk: int | None) -> Message | None:
    return gathering.message(pk)


def _conversation(event: Event) -> Conversation | None:
    found = Conversation.objects.select_related("assignee").filter(pk=event.conversation_id or 0).first()
    return locking.living(found) if found is not None else None


def _account(pk: object) -> Account | None:
    return Account.objects.filter(pk=pk if isinstance(pk, int) else 0).first()


def _actor(event: Event) -> str:
    account = _account(event.actor_id)
    return account.name if account else ""
