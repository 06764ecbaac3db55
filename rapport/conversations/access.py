"""Who may see or change which conversation. The only way a face obtains one, or a message, or a file of one."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from rapport.channels.models import Inbox
from rapport.conversations import alongside, locking
from rapport.conversations.errors import NotAllowed, NotFound
from rapport.conversations.models import ASIDE, Conversation, Involvement, Message, SharedTeam, SideConversation
from rapport.files.models import Attachment
from rapport.people import installing
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.rows.asking import Objects

_BIGGEST = 2**63 - 1


class Sight(StrEnum):
    """How much an account sees; which of it follows from its id and its teams."""

    NOTHING = "nothing"
    ASKED = "asked"
    TEAMS = "teams"
    EVERYTHING = "everything"


def sight_of(account: Account) -> Sight:
    """How much this account sees. One rule for lists, counts, search and files."""
    if not account.is_active:
        return Sight.NOTHING
    if account.may(Right.SEE_ALL):
        return Sight.EVERYTHING
    if not account.may(Right.SEE_TEAM):
        return Sight.ASKED
    return Sight.EVERYTHING if installing.current().open_to_all else Sight.TEAMS


def conversations_visible_to(account: Account) -> QuerySet[Conversation]:
    """Every conversation the account may know of, merged ones included. One rule for lists, counts, search and files.

    Everything for who holds `see_all`; for agents and supervisors the conversations of own teams and the teamless ones
    of their teams' inboxes; for everybody active the conversations they follow, or were mentioned or asked in.
    """
    sight = sight_of(account)
    return seen(sight, account.pk, sorted(account.team_ids) if sight is Sight.TEAMS else [])


def seen(sight: Sight, account_id: int, teams: Sequence[int], *, few: bool = False) -> QuerySet[Conversation]:
    """What somebody with this sight, id and teams sees: the rule by plain values, so that statements can be kept.

    Side conversations never: they are reached from the conversation they stand beside (`get_side`). `few`: the statement
    names the conversations that are looked at, and each is looked up by itself, not all that the account was drawn into.
    """
    everything = Conversation.objects.exclude(status=ASIDE)
    if sight is Sight.NOTHING:
        return everything.none()
    if sight is Sight.EVERYTHING:
        return everything
    involved = Involvement.objects.filter(account_id=account_id)
    if sight is Sight.ASKED:
        asked = involved.exclude(reason=Involvement.Reason.FOLLOWING)
        return everything.filter(pk__in=asked.values("conversation_id"))
    beyond = _leads_beyond_teams(account_id, teams) if few else beyond_teams(account_id, teams)
    return everything.filter(of_teams(teams) | beyond)


def of_teams(teams: Sequence[int]) -> Q:
    """Conversations of these teams, and the teamless ones of their inboxes."""
    return Q(team_id__in=teams) | Q(team_id__isnull=True, inbox__in=_inboxes_of(teams))


def beyond_teams(account_id: int, teams: Sequence[int]) -> Q:
    """Conversations that this account was drawn into, or that are shared with these teams."""
    involved = Involvement.objects.filter(account_id=account_id)
    shared = SharedTeam.objects.filter(team_id__in=teams)
    return Q(pk__in=involved.values("conversation_id")) | Q(pk__in=shared.values("conversation_id"))


def _leads_beyond_teams(account_id: int, teams: Sequence[int]) -> Q:
    """The same, asked of one conversation. As a range, or PostgreSQL would gather all that leads anywhere, for a look at
    two or three: it guesses the number of the conversations too high."""
    it = {"conversation_id__gte": OuterRef("pk"), "conversation_id__lte": OuterRef("pk")}
    involved = Involvement.objects.filter(account_id=account_id, **it)
    shared = SharedTeam.objects.filter(team_id__in=teams, **it)
    return Q(Exists(involved)) | Q(Exists(shared))


def get_conversation(account: Account, number: int) -> Conversation:
    """The conversation of this number, as it is (a merged one says where it went). Raises NotFound."""
    if not 0 < number <= _BIGGEST:
        raise NotFound
    sight = sight_of(account)
    teams = sorted(account.team_ids) if sight is Sight.TEAMS else []
    found = _numbered.ask(account.pk, teams, number, shape=sight)
    if not found:
        raise NotFound
    return found[0]


def expect_conversation(account: Account, number: int) -> None:
    """Bring along what `get_conversation` asks."""
    sight = sight_of(account)
    if 0 < number <= _BIGGEST:
        _numbered.expect(account.pk, sorted(account.team_ids) if sight is Sight.TEAMS else [], number, shape=sight)


def require(account: Account, conversation: Conversation, right: Right) -> None:
    """Raises NotFound when the account may not see the conversation, NotAllowed when it sees it but lacks the right."""
    if not conversations_visible_to(account).filter(pk=conversation.pk).exists():
        raise NotFound
    demand(account, right)


def demand(by: Account | None, right: Right) -> None:
    """Raises NotAllowed when a person lacks the right. The system (None) may."""
    if by is not None and not by.may(right):
        raise NotAllowed


def messages_visible_to(account: Account, conversation: Conversation) -> QuerySet[Message]:
    """The messages of a conversation and of all merged into it that the account may read; notes only for colleagues."""
    if not conversations_visible_to(account).filter(pk=conversation.pk).exists():
        return Message.objects.none()
    return readable(account, Message.objects.filter(conversation_id__in=locking.family_ids(conversation)))


def readable(account: Account, messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those of the messages that the account's role may read, given that it may see their conversation."""
    return messages if account.may(Right.READ_MESSAGES) else messages.filter(kind=Message.Kind.NOTE)


def get_message(account: Account, pk: int) -> Message:
    """One message, with its conversation. Raises NotFound."""
    if not 0 < pk <= _BIGGEST:
        raise NotFound
    found = readable(account, Message.objects.filter(pk=pk)).select_related("conversation", "author").first()
    if found is None or not _sees(account, found.conversation):
        raise NotFound
    return found


def get_side(account: Account, main: Conversation, number: int) -> SideConversation:
    """A side conversation of one that the account was just found to see. Raises NotFound, also for who reads notes only."""
    if not 0 < number <= _BIGGEST or not account.may(Right.READ_MESSAGES):
        raise NotFound
    beside = SideConversation.objects.filter(main_id__in=locking.family_ids(main))
    found = beside.select_related("conversation__inbox", "main", "about").filter(pk=number).first()
    if found is None:
        raise NotFound
    return found


def main_of_side(account: Account, number: int) -> int:
    """The number of the conversation that the side conversation of this number stands beside. Raises NotFound."""
    found = SideConversation.objects.select_related("main").filter(pk=min(number, _BIGGEST)).first()
    if found is None or not account.may(Right.READ_MESSAGES) or not _sees(account, found.main):
        raise NotFound
    return locking.living(found.main).pk


def newest_message(account: Account, numbers: Sequence[int]) -> int:
    """The newest message of any of these conversations that the account may see; 0 without any."""
    seen_ones = conversations_visible_to(account).filter(pk__in=numbers)
    return seen_ones.aggregate(newest=Max("last_message_id"))["newest"] or 0


def message_of(account: Account, conversation: Conversation, pk: int) -> Message:
    """A message of a conversation that the account was just found to see, or of one merged into it. Raises NotFound."""
    messages = Message.objects.filter(conversation_id__in=locking.family_ids(conversation), pk=min(pk, _BIGGEST))
    found = readable(account, messages).select_related("conversation", "author").first()
    if found is None:
        raise NotFound
    return found


def files_of(account: Account, conversation: Conversation) -> list[Attachment]:
    """The files of such a conversation's messages that the account may read, newest first."""
    messages = Message.objects.filter(conversation_id__in=locking.family_ids(conversation), attachment_count__gt=0)
    readable_ids = readable(account, messages).values("pk")
    return list(Attachment.objects.filter(message_id__in=readable_ids).select_related("stored").order_by("-pk")[:200])


def get_attachment(account: Account, pk: int) -> Attachment:
    """A file of a message the account may read, or its own upload that waits to be sent. Raises NotFound."""
    if not 0 < pk <= _BIGGEST:
        raise NotFound
    found = Attachment.objects.select_related("stored").filter(pk=pk).first()
    if found is None or not account.is_active:
        raise NotFound
    if found.message_id is not None:
        get_message(account, found.message_id)
    elif found.uploader_id != account.pk:
        raise NotFound
    return found


def _sees(account: Account, conversation: Conversation) -> bool:
    """The conversation itself, one that it was merged into, or the one that it stands beside."""
    if conversation.is_aside:
        conversation = alongside.main_of(conversation)
    ids = [conversation.pk]
    if conversation.merged_into_id is not None:
        ids.append(locking.living(conversation).pk)
    return conversations_visible_to(account).filter(pk__in=ids).exists()


def _inboxes_of(teams: Sequence[int]) -> QuerySet[Inbox]:
    return Inbox.objects.filter(team_id__in=teams)


def _visible_one(sight: Sight, account_id: int, teams: Sequence[int], number: int) -> QuerySet[Conversation]:
    visible = seen(sight, account_id, teams, few=True)
    return visible.select_related("customer__organisation", "inbox").filter(pk=number)


_numbered = Objects(_visible_one)
