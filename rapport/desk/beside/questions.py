"""Asking a colleague without an account: words and an address, and the answer comes back as a note."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import access, asking, drafting
from rapport.conversations.models import Draft
from rapport.desk.answers import answered, done
from rapport.desk.beside import showing
from rapport.desk.beside.forms import SideForm
from rapport.desk.beside.views import drawer, named_message, taken, undo_of
from rapport.desk.conversation.writing import checked, delay_of, kept
from rapport.desk.entering import signed_in
from rapport.desk.repeating import once
from rapport.people.rights import Right


@require_safe
@answered
def new(request: HttpRequest, number: int) -> HttpResponseBase:
    """The drawer to ask in; `?message=` may be quoted."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    about = named_message(account, main, request.GET.get("message"))
    return drawer(request, account, showing.question(account, main, about))


@require_POST
@answered
@once
def questions(request: HttpRequest, number: int) -> HttpResponseBase:
    """Ask: a note here, and a mail to one colleague."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    form = checked(SideForm(request.POST))
    about = named_message(account, main, str(form.cleaned_data["message"] or ""))
    quoted = about if form.cleaned_data["quote"] else None
    message = asking.ask(main, by=account, content=form.content(), about=quoted, delay=delay_of(form))
    said = _("Sending. The answer comes back as a note.")
    told = {"conversation": number, "finishes_drawer": True, **undo_of(message)}
    return done(request, f"/conversations/{number}/#m-{message.pk}", said, **told)


@require_POST
@answered
def taking(request: HttpRequest, number: int, draft: int) -> HttpResponseBase:
    """Go on with a question that a colleague has begun."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    drafting.take_over(main, draft, by=account, kind=Draft.Kind.ASK)
    return taken(request, account, number, "questions", showing.question(account, main, None))


@require_POST
@answered
def draft(request: HttpRequest, number: int) -> HttpResponseBase:
    """Keep a question that is being written."""
    account = signed_in(request)
    main = access.get_conversation(account, number)
    access.demand(account, Right.REPLY)
    return kept(main, account, SideForm(request.POST), Draft.Kind.ASK)
