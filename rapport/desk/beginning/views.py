"""The page on which a new conversation is written, its sending, and its draft."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from rapport.conversations import access, beginning
from rapport.conversations.errors import ConversationRefusal
from rapport.conversations.models import Draft, Message
from rapport.desk.answers import answered
from rapport.desk.beginning.forms import NewForm
from rapport.desk.conversation.composing import box_of, written
from rapport.desk.conversation.forms import MOST_TEXT
from rapport.desk.conversation.writing import delay_of, draft_kept, times_offered
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.desk.repeating import once
from rapport.people import preferring
from rapport.people.access import get_customer
from rapport.people.models import Account
from rapport.people.rights import Right
from rapport.ui import moments


@require_http_methods(["GET", "POST"])
@answered
@once
def new(request: HttpRequest) -> HttpResponseBase:
    """Write to somebody; `?customer=` fills in whom."""
    me = signed_in(request)
    access.demand(me, Right.REPLY)
    if request.method != "POST":
        return _page(request, me, _begun(request, me))
    form = NewForm(request.POST, me=me)
    if not form.is_valid():
        return _page(request, me, _entered(form), form=form, refusal="")
    try:
        message = beginning.begin(
            inbox=form.cleaned_data["inbox"],
            by=me,
            content=form.content(),
            delay=delay_of(form),
            then=form.status_after(),
        )
    except ConversationRefusal as refusal:
        return _page(request, me, _entered(form), form=form, refusal=str(refusal))
    messages.success(request, _goes_out(me, message, later=bool(form.cleaned_data["at"])))
    return HttpResponseRedirect(f"/conversations/{message.conversation_id}/")


@require_POST
@answered
def draft(request: HttpRequest) -> HttpResponseBase:
    """Keep what is being written; nothing written means nothing kept."""
    me = signed_in(request)
    access.demand(me, Right.REPLY)
    form = NewForm(request.POST, me=me)
    form.is_valid()  # half-written addresses are left out, the rest is kept all the same
    content = form.content()
    if not any((content.to, content.subject, form.cleaned_data.get("body", "").strip(), content.attachment_ids)):
        beginning.drop(by=me)
        return HttpResponse(status=204)
    beginning.keep(by=me, inbox=form.cleaned_data.get("inbox"), content=content)
    return draft_kept()


@require_safe
@answered
def send_times(request: HttpRequest) -> HttpResponseBase:
    """Times to send it at; nobody knows yet where its reader is."""
    access.demand(signed_in(request), Right.REPLY)
    return times_offered(request, None)


def _goes_out(me: Account, message: Message, *, later: bool) -> str:
    if later and message.release_at:
        when = moments.full(message.release_at)
        return _("It goes out %(when)s; until then you can take it back.") % {"when": when}
    seconds = preferring.undo_seconds(me)
    if not seconds:
        return _("Sending …")
    return _("It goes out in %(seconds)s seconds; until then you can take it back.") % {"seconds": seconds}


def _begun(request: HttpRequest, me: Account) -> Draft:
    """What was kept, or nothing yet but whom it is for."""
    draft = beginning.kept(me) or Draft(author=me, kind=Draft.Kind.NEW)
    asked = request.GET.get("customer", "")
    if asked.isascii() and asked.isdecimal() and not draft.to:
        customer = get_customer(me, int(asked))
        draft.to = [{"email": one.email, "name": customer.name} for one in customer.addresses.order_by("pk")[:1]]
    return draft


def _entered(form: NewForm) -> Draft:
    """A refused form as it was written, so that nothing has to be typed again."""
    given = form.data
    draft = Draft(kind=Draft.Kind.NEW, subject=given.get("subject", ""), attachment_ids=form.attachment_ids())
    if "body" in form.cleaned_data:
        draft.html = form.html()
    draft.inbox = form.cleaned_data.get("inbox")
    return draft


def _page(
    request: HttpRequest, me: Account, draft: Draft, *, form: NewForm | None = None, refusal: str = ""
) -> HttpResponse:
    box = box_of(me, draft)
    box.to, box.cc, box.bcc = (
        form.data.get(name, "") if form else written(getattr(draft, name)) for name in ("to", "cc", "bcc")
    )
    context: dict[str, Any] = panes.frame(me, "") | {
        "page_title": _("New conversation"),
        "form": form or NewForm(me=me, initial={"inbox": draft.inbox, "subject": draft.subject}),
        "box": box,
        "subject": draft.subject,
        "refusal": refusal or (str(next(iter(form.errors.values()))[0]) if form and form.errors else ""),
        "max_upload": settings.ENVIRONMENT.max_upload_bytes,
        "most_text": MOST_TEXT,
    }
    return render(request, "desk/beginning/page.html", context, status=400 if form else 200)
