"""Who may see what."""

from __future__ import annotations

import pytest

from rapport.conversations import access, following, listing, merging, noting, timeline
from rapport.conversations.errors import NotAllowed, NotFound
from rapport.conversations.models import Conversation, Involvement
from rapport.conversations.tests.cast import again, attachment, fresh
from rapport.files import attaching, storing
from rapport.files.models import Attachment
from rapport.people import changing, installing, joining
from rapport.people.rights import Right

EVERYBODY = ("flora", "sam", "ana", "ben", "kim", "eva")
# Who sees a conversation of the shop, one of the drivers, a teamless one in the shop's inbox, and one in no team's inbox.
MATRIX = {
    "shop": {"flora", "sam", "ana"},
    "drivers": {"flora", "ben"},
    "teamless": {"flora", "sam", "ana"},
    "spare": {"flora"},
    "eva_follows": {"flora", "sam", "ana"},
    "kim_follows": {"flora", "sam", "ana"},
    "kim_mentioned": {"flora", "sam", "ana", "kim"},
    "ben_mentioned": {"flora", "sam", "ana", "ben"},
    "ben_follows": {"flora", "sam", "ana", "ben"},
}


def of_kind(cast, case) -> Conversation:
    inbox = {"drivers": cast.drivers_inbox, "spare": cast.spare_inbox}.get(case, cast.inbox)
    conversation = cast.conversation("The vase broke", inbox=inbox, attachments=[attachment()])
    if case == "teamless":
        Conversation.objects.filter(pk=conversation.pk).update(team=None)
    who, _, how = case.partition("_")
    if how:
        reason = {"follows": Involvement.Reason.FOLLOWING, "mentioned": Involvement.Reason.MENTIONED}[how]
        following.involve(conversation, account=getattr(cast, who), reason=reason)
    return fresh(conversation)


@pytest.mark.parametrize("case", MATRIX)
@pytest.mark.parametrize("who", EVERYBODY)
def test_the_matrix_of_who_sees_which_conversation(cast, who, case):
    conversation, account = of_kind(cast, case), getattr(cast, who)
    sees = who in MATRIX[case]
    assert access.conversations_visible_to(account).filter(pk=conversation.pk).exists() == sees
    assert may(access.get_conversation, account, conversation.pk) == sees
    assert bool(listing.inbox_page(account, view="open").rows) == sees
    assert listing.counts(account)["open"] == int(sees)
    reads = sees and account.may(Right.READ_MESSAGES)
    assert bool(timeline.read(account, [conversation.pk]).entries) == account.may(Right.READ_MESSAGES)
    assert access.messages_visible_to(account, conversation).exists() == reads
    file = Attachment.objects.get(conversation_id=conversation.pk)
    assert may(access.get_attachment, account, file.pk) == reads


def may(get, account, pk):
    try:
        get(account, pk)
    except NotFound:
        return False
    return True


def test_what_is_forbidden_looks_like_what_does_not_exist(cast):
    conversation = cast.conversation()
    with pytest.raises(NotFound) as forbidden:
        access.get_conversation(cast.ben, conversation.pk)
    with pytest.raises(NotFound) as unknown:
        access.get_conversation(cast.ben, 10**12)
    assert (str(forbidden.value), forbidden.value.code) == (str(unknown.value), unknown.value.code)


@pytest.mark.parametrize("number", [0, -1, 2**63, 10**30])
def test_numbers_no_row_can_have_are_unknown(cast, number):
    for get in (access.get_conversation, access.get_message, access.get_attachment):
        with pytest.raises(NotFound):
            get(cast.flora, number)


def test_a_colleague_reads_the_note_that_asks_and_nothing_of_the_customer(cast):
    conversation = cast.conversation("My secret is tulips")
    note = noting.note(conversation, by=cast.ana, html="<p>Kim, is the van free?</p>", mentions=[cast.kim])
    assert list(access.messages_visible_to(cast.kim, conversation)) == [note]
    assert [entry.pk for entry in timeline.read(cast.kim, [conversation.pk]).entries] == [note.pk]
    row = listing.inbox_page(cast.kim, view="mentions").rows[0]
    assert (row.preview, row.has_attachments) == ("", False)


def test_the_switch_opens_everything_to_agents_but_not_to_colleagues(cast):
    conversation = cast.conversation()
    installing.change(company_name="Blumen Fleur", open_to_all=True, by=cast.flora)
    assert access.get_conversation(again(cast.ben), conversation.pk) == conversation
    with pytest.raises(NotFound):
        access.get_conversation(again(cast.kim), conversation.pk)


def test_leaving_a_team_ends_the_sight_of_its_conversations(cast):
    conversation = cast.conversation()
    joining.remove_from_team(cast.ana, team=cast.shop, by=cast.flora)
    assert not access.conversations_visible_to(again(cast.ana)).filter(pk=conversation.pk).exists()


def test_leaving_the_company_ends_everything(cast):
    conversation = cast.conversation()
    following.follow(conversation, by=cast.ana)
    changing.end(cast.ana, by=cast.flora)
    assert not access.conversations_visible_to(again(cast.ana)).exists()


def test_seeing_is_not_enough_to_act(cast):
    conversation = cast.conversation()
    noting.note(conversation, by=cast.ana, html="?", mentions=[cast.kim])
    access.require(cast.kim, conversation, Right.NOTE)
    with pytest.raises(NotAllowed):
        access.require(cast.kim, conversation, Right.REPLY)
    with pytest.raises(NotFound):
        access.require(cast.ben, conversation, Right.REPLY)


def test_files_of_a_merged_conversation_are_read_through_the_link(cast):
    source, target = cast.conversation(attachments=[attachment()]), cast.conversation(inbox=cast.drivers_inbox)
    file = Attachment.objects.get(conversation_id=source.pk)
    assert not may(access.get_attachment, cast.ben, file.pk)
    merging.merge(source, into=target, by=cast.flora)
    assert may(access.get_attachment, cast.ben, file.pk)


def test_a_waiting_upload_is_its_uploaders_alone(cast):
    stored = storing.store_bytes(b"draft")
    file = attaching.upload(stored, filename="a.txt", mime="text/plain", uploader=cast.ana.pk)
    assert may(access.get_attachment, cast.ana, file.pk)
    assert not may(access.get_attachment, cast.flora, file.pk)
