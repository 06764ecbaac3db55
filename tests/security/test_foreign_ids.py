"""SEC-04 inside forms: ids of what one may not see, or what belongs elsewhere, are refused as if they did not exist."""

from __future__ import annotations

from typing import Any

import pytest

from rapport.conversations import access, audience, drafting, noting
from rapport.conversations.drafting import ReplyContent
from rapport.conversations.models import Conversation, Involvement, ReadMark
from rapport.conversations.tests.cast import PASSWORD, fresh
from rapport.files import access as file_access
from rapport.files.errors import AddressRefused
from rapport.files.models import Attachment
from tests.security.company import FILE, UNKNOWN, Company, signed_in
from tests.security.routes import comparable

pytestmark = pytest.mark.django_db


def same_as_unknown(company: Company, role: str, path: str, data: dict[str, Any], name: str) -> int:
    """Send the form with the id it holds and with one that nobody has; both answers must agree. Returns the status."""
    given = comparable(company.ask(role, "POST", path, data), path)
    assert given == comparable(company.ask(role, "POST", path, {**data, name: UNKNOWN}), path)
    return int(str(given[0]))


def own(company: Company, act: str) -> str:
    return f"/conversations/{company.conversation.pk}/{act}/"


@pytest.mark.parametrize("role", ["agent", "supervisor"])
def test_no_conversation_is_merged_into_one_that_one_may_not_see(company, role):
    assert same_as_unknown(company, role, own(company, "merge/into"), {"into": company.foreign.pk}, "into") == 404


def test_no_conversation_that_one_may_not_see_is_merged_into_ones_own(company):
    path = f"/conversations/{company.conversation.pk}/merge/into/"
    assert same_as_unknown(company, "outsider", path, {"into": company.foreign.pk}, "into") == 404


@pytest.mark.parametrize("act", ["close", "mine", "spam", "not_spam"])
def test_a_bulk_act_that_names_one_foreign_conversation_does_nothing(company, act):
    numbers = [company.conversation.pk, company.foreign.pk]
    answer = company.clients["agent"].post("/inbox/bulk/", {"act": act, "number": numbers})
    assert (answer.status_code, fresh(company.conversation).status) == (404, "open")
    form = {"act": act, "number": company.foreign.pk}
    assert same_as_unknown(company, "agent", "/inbox/bulk/", form, "number") == 404


@pytest.mark.parametrize("act", ["replies", "notes"])
@pytest.mark.parametrize("whose", ["upload", "attachment"])
def test_nobody_sends_a_file_that_is_anothers_upload_or_belongs_to_a_message(company, act, whose):
    form = {"body": "See the file", "seen": 10**9, "attachment": getattr(company, whose).pk}
    assert same_as_unknown(company, "supervisor", own(company, act), form, "attachment") == 409


def test_a_draft_that_names_anothers_file_shows_nothing_of_it(company):
    content = ReplyContent(html="<p>x</p>", attachment_ids=[company.upload.pk, company.attachment.pk])
    drafting.save_draft(company.foreign, by=company.accounts["outsider"], content=content)
    page = company.ask("outsider", "GET", f"/conversations/{company.foreign.pk}/composer/").whole
    assert FILE.encode() not in page


@pytest.mark.parametrize("who", ["ended", "colleague"])
def test_nobody_who_cannot_answer_is_made_responsible(company, who):
    answer = company.ask("agent", "POST", own(company, "assignment"), {"to": company.accounts[who].pk})
    assert answer.status_code == 409


def test_an_unknown_account_or_team_is_not_found(company):
    assert company.ask("agent", "POST", own(company, "assignment"), {"to": UNKNOWN}).status_code == 404
    assert company.ask("agent", "POST", own(company, "team"), {"team": UNKNOWN}).status_code == 404


def test_a_note_tells_no_former_member_and_nobody_unknown(company):
    form = {"body": "Look", "mention": [company.accounts["ended"].pk, UNKNOWN]}
    company.clients["agent"].post(own(company, "notes"), form)
    assert not Involvement.objects.filter(account=company.accounts["ended"]).exists()


def test_reading_marks_only_what_one_may_see_and_for_oneself(company):
    company.clients["outsider"].post(own(company, "read"), {"up_to": 10**9})
    assert not ReadMark.objects.filter(account=company.accounts["outsider"]).exists()


@pytest.mark.parametrize("act", ["hold", "admission", "original", "frame"])
def test_a_message_answers_only_to_who_may_read_it(company, act):
    method = "GET" if act in ("original", "frame") else "POST"
    paths = [f"/messages/{pk}/{act}/" for pk in (company.mail.pk, company.stranger.pk, company.note.pk, UNKNOWN)]
    for role in ("outsider", "colleague", "left"):
        answers = {comparable(company.ask(role, method, path), path)[0] for path in paths}
        assert answers == {404}, role


def test_a_colleague_who_was_asked_opens_the_note_and_no_mail(company):
    assert company.ask("asked", "GET", f"/messages/{company.note.pk}/frame/").status_code == 200
    for message in (company.mail, company.stranger):
        assert company.ask("asked", "GET", f"/messages/{message.pk}/frame/").status_code == 404


def test_a_colleague_who_was_asked_is_shown_no_customer(company):
    page = company.ask("asked", "GET", own(company, "sync")[: -len("sync/")]).whole
    assert b"carla@example.org" not in page
    assert b"cc@example.org" not in page


def test_a_signed_file_address_serves_its_viewer_alone(company):
    mine = company.file_path("agent")
    assert company.ask("agent", "GET", mine).status_code == 200
    assert {company.ask(role, "GET", mine).status_code for role in ("owner", "supervisor", "guest")} == {404}


def test_a_signed_file_address_ends_with_the_access(company):
    company.clients["left"].get("/inbox/")
    assert company.ask("left", "GET", company.file_path("left")).status_code == 404


def test_a_supervisor_retries_no_delivery_of_another_team(company):
    type(company.delivery).objects.filter(pk=company.delivery.pk).update(
        inbox=company.cast.drivers_inbox, message=None, conversation_id=company.foreign.pk
    )
    path = f"/status/deliveries/{company.delivery.pk}/retries/"
    assert company.ask("supervisor", "POST", path).status_code == 404


def test_a_supervisor_changes_own_teams_only(company):
    team = company.cast.drivers.pk
    path = f"/settings/teams/{team}/"
    form = {"name": "Mine", "members": [company.cast.sam.pk]}
    unknown = comparable(
        company.ask("supervisor", "POST", f"/settings/teams/{UNKNOWN}/", form), f"/settings/teams/{UNKNOWN}/"
    )
    assert comparable(company.ask("supervisor", "POST", path, form), path) == unknown
    assert unknown[0] == 404


def test_an_administrator_makes_nobody_an_owner(company):
    from rapport.people import changing
    from rapport.people.models import Account, Invitation
    from rapport.people.roles import role

    changing.change_role(company.cast.ben, role=role("administrator"), by=company.cast.flora)
    client = signed_in(company.cast.ben)
    answer = client.post(f"/settings/people/{company.cast.ben.pk}/", {"role": role("owner").pk})
    assert answer.status_code in (400, 403)
    answer = client.post("/settings/people/invitations/", {"email": "o@fleur.example", "role": role("owner").pk})
    assert answer.status_code in (400, 403)
    assert not Invitation.objects.filter(role=role("owner")).exists()
    assert [each.pk for each in Account.objects.filter(role=role("owner"))] == [company.cast.flora.pk]
    assert client.post(f"/settings/people/{company.cast.flora.pk}/reset/").status_code == 403


def test_nobody_ends_anothers_session(company):
    from allauth.usersessions.models import UserSession

    others = UserSession.objects.create(user=company.cast.ana, ip="192.0.2.1", session_key="x" * 32)
    company.clients["outsider"].post(f"/account/sessions/{others.pk}/closure/")
    assert UserSession.objects.filter(pk=others.pk).exists()


def test_nobody_removes_anothers_second_factor(company):
    from allauth.mfa.models import Authenticator

    key = Authenticator.objects.create(user=company.cast.ana, type="webauthn", data={"name": "Key"})
    client = signed_in(company.cast.ben)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    for act in ("remove", "edit"):
        path = f"/accounts/2fa/webauthn/keys/{key.pk}/{act}/"
        assert client.post(path, {"name": "Mine"}).status_code == 404
    key.refresh_from_db()
    assert key.data == {"name": "Key"}


def test_live_streams_tell_the_same_people_as_the_pages(company):
    accounts = [account for role, account in company.accounts.items()]
    known = audience.read_access([account.pk for account in accounts])
    audiences = audience.read_audiences(Conversation.objects.values_list("pk", flat=True))
    for account in (type(one).objects.get(pk=one.pk) for one in accounts):
        seen = set(access.conversations_visible_to(account).filter(merged_into=None).values_list("pk", flat=True))
        mine = known.get(account.pk)
        told = {pk for pk, whom in audiences.items() if mine and audience.may_see(account.pk, mine, whom)}
        assert seen <= told, account
        assert told - seen <= {company.merged.pk}, account


def test_presence_tells_nobody_who_may_not_see_the_conversation(company):
    path = own(company, "presence")
    for state in ("viewing", "writing", "gone"):
        assert same_path(company, path, state) == 404


def same_path(company: Company, path: str, state: str) -> int:
    unknown = path.replace(str(company.conversation.pk), str(UNKNOWN))
    given, other = (company.ask("outsider", "POST", one, {"state": state}) for one in (path, unknown))
    assert given.whole == other.whole
    return int(given.status_code)


def test_a_mention_by_a_colleague_widens_nothing_beyond_the_note(company):
    colleague = company.accounts["colleague"]
    noting.note(company.conversation, by=company.cast.kim, html="<p>Kai?</p>", mentions=[colleague])
    seen = access.messages_visible_to(type(colleague).objects.get(pk=colleague.pk), company.conversation)
    assert {message.kind for message in seen} == {"note"}


def test_an_address_made_for_one_file_opens_no_other(company):
    token = company.file_path("agent").split("/")[3]
    other = Attachment.objects.exclude(pk=company.attachment.pk).first()
    assert other is not None
    with pytest.raises(AddressRefused):
        file_access.check_token(other.pk, token, viewer=company.cast.ana.pk)
