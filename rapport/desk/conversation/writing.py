"""Sending a reply, adding a note, keeping a draft."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import access, drafting, noting, replying
from rapport.conversations.errors import ConversationRefusal, NotInThePast, SomeoneAnswered
from rapport.conversations.models import Conversation, Draft, Message
from rapport.desk.answers import answered, done, is_part
from rapport.desk.conversation import heads, thread, times
from rapport.desk.conversation.forms import NoteForm, ReplyForm, WritingForm
from rapport.desk.entering import signed_in
from rapport.desk.repeating import once
from rapport.kit import clock
from rapport.people import installing, preferring, whereabouts
from rapport.people.models import Account
from rapport.people.recognising import living
from rapport.people.rights import Right
from rapport.people.whereabouts import Whereabouts
from rapport.ui import moments

SECONDS_TO_READ = 10
Written = TypeVar("Written", bound=WritingForm)


class NotUnderstood(ConversationRefusal):
    """A form that says something impossible; the sentence is the form's own."""

    code = "not_understood"

    def __init__(self, said: str) -> None:
        super().__init__()
        self.said = said

    def __str__(self) -> str:
        return self.said


@require_POST
@answered
@once
@installing.read_once()
def replies(request: HttpRequest, number: int) -> HttpResponseBase:
    """Hold a reply; it can be taken back until it goes out."""
    account = signed_in(request)
    conversation = access.get_conversation(account, number)
    form = checked(ReplyForm(request.POST))
    delay = delay_of(form)
    try:
        message = replying.reply(
            conversation, by=account, content=form.content(), delay=delay, then=form.status_after()
        )
    except SomeoneAnswered as refusal:
        _keep(account, conversation, form)
        return _someone_answered(request, account, conversation, refusal)
    return _held(request, message, later=delay is not None)


@require_POST
@answered
@once
def notes(request: HttpRequest, number: int) -> HttpResponseBase:
    """Add a note."""
    account = signed_in(request)
    conversation = access.get_conversation(account, number)
    form = checked(NoteForm(request.POST))
    noting.note(
        conversation, by=account, html=form.html(), mentions=form.mentions(), attachment_ids=form.attachment_ids()
    )
    back = f"/conversations/{number}/"
    return done(request, back, _("Note added"), conversation=number, composer="empty")


@require_POST
@answered
def draft(request: HttpRequest, number: int) -> HttpResponseBase:
    """Keep what is being written; nothing written means nothing kept."""
    account = signed_in(request)
    conversation = access.get_conversation(account, number)
    kind = Draft.Kind.NOTE if request.POST.get("kind") == "note" else Draft.Kind.REPLY
    return kept(conversation, account, ReplyForm(request.POST), kind)


@require_POST
@answered
def taking(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Go on with a reply that a colleague has begun."""
    account = signed_in(request)
    drafting.take_over(access.get_conversation(account, number), pk, by=account)
    back = f"/conversations/{number}/"
    return done(request, back, _("The draft is yours now"), conversation=number, composer="restored")


@require_safe
@answered
def send_times(request: HttpRequest, number: int) -> HttpResponseBase:
    """Times to send this reply at, as they are at this moment."""
    account = signed_in(request)
    conversation = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    customer = living(conversation.customer) if conversation.customer else None
    emails = [one.email for one in customer.addresses.order_by("pk")[:3]] if customer else []
    return times_offered(request, whereabouts.whereabouts(customer, emails))


def times_offered(request: HttpRequest, theirs: Whereabouts | None) -> HttpResponse:
    """What the menu beside Send holds; `theirs`: where the customer is, if that is known."""
    now = timezone.localtime()
    context = {"times": times.send_times(now, theirs), "snoozes": heads.snooze_choices(now)}
    return render(request, "desk/conversation/_send_times.html", context)


def delay_of(form: ReplyForm) -> timedelta | None:
    """How long a message is to be held: until the time its author chose, or None. Raises NotInThePast."""
    at: datetime | None = form.cleaned_data["at"]
    if at is None:
        return None
    if at <= clock.now():
        raise NotInThePast
    return at - clock.now()


def kept(conversation: Conversation, account: Account, form: ReplyForm, kind: Draft.Kind) -> HttpResponse:
    """Keep a form that is being filled in as a draft of this kind; one without words and files is forgotten."""
    form.is_valid()  # half-written addresses are left out, the text is kept all the same; one that is too long refused
    if not form.cleaned_data.get("body", "").strip() and not form.attachment_ids():
        drafting.discard_draft(conversation, by=account, kind=kind, refills=form.refills())
        return HttpResponse(status=204)
    drafting.save_draft(conversation, by=account, content=form.content(), kind=kind)
    return draft_kept()


def draft_kept() -> HttpResponse:
    """The answer that something is kept now. The page has the words for it: headers know ASCII only."""
    return HttpResponse(status=204, headers={"X-Kept": "yes"})


def checked(form: Written) -> Written:
    """The form if it can be used. Raises NotUnderstood with its first complaint."""
    if not form.is_valid():
        raise NotUnderstood(str(next(iter(form.errors.values()))[0]))
    return form


def _keep(account: Account, conversation: Conversation, form: ReplyForm) -> None:
    drafting.save_draft(conversation, by=account, content=form.content())


def _held(request: HttpRequest, message: Message, *, later: bool) -> HttpResponse:
    number = message.conversation_id
    said = _("Sending …")
    undo: dict[str, object] = {"undo": f"/messages/{message.pk}/hold/", "undo_label": _("Undo")}
    seconds = preferring.undo_seconds(signed_in(request))
    if later:
        said = _("It goes out %(when)s") % {"when": moments.full(message.release_at or message.at)}
    undo = {**undo, "seconds": SECONDS_TO_READ if later else seconds} if later or seconds else {}
    return done(request, f"/conversations/{number}/", said, conversation=number, composer="empty", **undo)


def _someone_answered(
    request: HttpRequest, account: Account, conversation: Conversation, refusal: SomeoneAnswered
) -> HttpResponse:
    """What came in the meantime; the text stays where it is, and the next press sends it."""
    since = thread.since(account, conversation.pk, refusal.since)
    context = {"sentence": str(refusal), "since": since, "seen": max(message.pk for message in refusal.since)}
    if not is_part(request):
        return done(request, f"/conversations/{conversation.pk}/", str(refusal))
    response = render(request, "desk/conversation/_answered.html", context, status=409)
    response["HX-Retarget"] = "#answered"
    response["HX-Reswap"] = "innerHTML"
    return response
