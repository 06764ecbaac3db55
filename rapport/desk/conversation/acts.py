"""The acts on a conversation, each one address and one verb."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from rapport.conversations import (
    access,
    assigning,
    closing,
    following,
    merging,
    moving,
    prioritising,
    renaming,
    snoozing,
    spamming,
    splitting,
    staging,
    tagging,
    ticking,
)
from rapport.conversations.errors import NotFound, NotInThePast, UnknownStatus
from rapport.conversations.models import Conversation
from rapport.desk.answers import answered, done, number_of
from rapport.desk.conversation.forms import moment_of
from rapport.desk.conversation.working import with_open_items
from rapport.desk.entering import signed_in
from rapport.people import access as people
from rapport.people.models import Account


def _start(request: HttpRequest, number: int) -> tuple[Account, Conversation]:
    account = signed_in(request)
    return account, access.get_conversation(account, number)


def _end(request: HttpRequest, number: int, said: str, **facts: object) -> HttpResponseBase:
    return done(request, f"/conversations/{number}/", said, conversation=number, **facts)


@require_POST
@answered
def assignment(request: HttpRequest, number: int) -> HttpResponseBase:
    """Make somebody responsible; an empty `to` means nobody."""
    account, conversation = _start(request, number)
    to = people.accounts_visible_to(account).filter(pk=number_of(request.POST.get("to")) or 0).first()
    if request.POST.get("to") and to is None:
        raise NotFound
    assigning.assign(conversation, to=to, by=account)
    said = _("Assigned to %(name)s") % {"name": to} if to else _("Assigned to nobody")
    return _end(request, number, _("It is yours") if to == account else said)


@require_POST
@answered
def team(request: HttpRequest, number: int) -> HttpResponseBase:
    """Hand it to a team."""
    account, conversation = _start(request, number)
    to = people.teams_visible_to(account).filter(pk=number_of(request.POST.get("team")) or 0).first()
    if to is None:
        raise NotFound
    moving.move(conversation, team=to, by=account)
    return _end(request, number, _("Moved to %(team)s") % {"team": to})


@require_POST
@answered
def tags(request: HttpRequest, number: int) -> HttpResponseBase:
    """`add` or `remove` a tag."""
    account, conversation = _start(request, number)
    if request.POST.get("remove"):
        tagging.untag(conversation, name=request.POST["remove"], by=account)
        return _end(request, number, _("Tag removed"))
    tag = tagging.tag(conversation, name=request.POST.get("add", ""), by=account)
    return _end(request, number, _("Tagged %(tag)s") % {"tag": tag})


@require_http_methods(["POST", "DELETE"])
@answered
def closure(request: HttpRequest, number: int) -> HttpResponseBase:
    """POST closes (or waits, or opens, as the form says); DELETE opens again."""
    account, conversation = _start(request, number)
    if request.method == "DELETE" or request.POST.get("open"):
        closing.reopen(conversation, by=account)
        return _end(request, number, _("Open again"))
    if request.POST.get("wait"):
        closing.wait(conversation, by=account)
        return _end(request, number, _("Waiting for the customer"))
    left = ticking.open_items(conversation)
    closing.close(conversation, by=account)
    return _end(request, number, with_open_items(_("Closed"), left))


@require_http_methods(["POST", "DELETE"])
@answered
def snooze(request: HttpRequest, number: int) -> HttpResponseBase:
    """Put away until a moment; DELETE or an empty moment brings back."""
    account, conversation = _start(request, number)
    written = request.POST.get("until", "")
    if request.method == "DELETE" or not written:
        snoozing.wake(conversation, by=account)
        return _end(request, number, _("Back in the inbox"))
    until = moment_of(written)
    if until is None:
        raise NotInThePast
    snoozing.snooze(conversation, until=until, by=account)
    return _end(request, number, _("Snoozed"))


@require_POST
@answered
def spam(request: HttpRequest, number: int) -> HttpResponseBase:
    """Spam or not."""
    account, conversation = _start(request, number)
    if request.POST.get("spam") == "no":
        spamming.not_spam(conversation, by=account)
        return _end(request, number, _("Not spam"))
    spamming.mark_spam(conversation, by=account)
    return _end(request, number, _("Moved to spam"))


@require_POST
@answered
def merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Let another conversation, named by number, stand for this one too."""
    account, conversation = _start(request, number)
    into = access.get_conversation(account, number_of(request.POST.get("into")) or 0)
    living = merging.merge(conversation, into=into, by=account)
    return done(request, f"/conversations/{living.pk}/", _("Merged into #%(number)s") % {"number": living.pk})


@require_POST
@answered
def undo_merge(request: HttpRequest, number: int) -> HttpResponseBase:
    """Let a merged conversation stand for itself again."""
    account, conversation = _start(request, number)
    target = conversation.merged_into_id
    merging.undo_merge(conversation, by=account)
    return _end(request, target or number, _("#%(number)s stands for itself again") % {"number": number})


@require_POST
@answered
def undo_split(request: HttpRequest, number: int) -> HttpResponseBase:
    """Put a conversation back where it was split off, which one must be able to see."""
    account, conversation = _start(request, number)
    if conversation.split_from_id is not None:
        access.get_conversation(account, conversation.split_from_id)
    origin = splitting.undo_split(conversation, by=account)
    return done(request, f"/conversations/{origin.pk}/", _("Back in #%(number)s") % {"number": origin.pk})


@require_POST
@answered
def follow(request: HttpRequest, number: int) -> HttpResponseBase:
    """Follow or stop following."""
    account, conversation = _start(request, number)
    if request.POST.get("follow") == "no":
        following.unfollow(conversation, by=account)
        return _end(request, number, _("You follow it no longer"))
    following.follow(conversation, by=account)
    return _end(request, number, _("You follow it"))


@require_POST
@answered
def priority(request: HttpRequest, number: int) -> HttpResponseBase:
    """Set the priority."""
    account, conversation = _start(request, number)
    wanted = number_of(request.POST.get("priority"))
    if wanted is None:
        raise UnknownStatus
    prioritising.set_priority(conversation, priority=wanted, by=account)
    return _end(request, number, _("Priority set"))


@require_POST
@answered
def stage(request: HttpRequest, number: int) -> HttpResponseBase:
    """Set the journey stage."""
    account, conversation = _start(request, number)
    staging.set_stage(conversation, stage=request.POST.get("stage", ""), by=account)
    return _end(request, number, _("Journey set"))


@require_POST
@answered
def subject(request: HttpRequest, number: int) -> HttpResponseBase:
    """Give it another subject."""
    account, conversation = _start(request, number)
    renaming.rename(conversation, subject=request.POST.get("subject", ""), by=account)
    return _end(request, number, _("Subject changed"))
