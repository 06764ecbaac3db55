"""Macros at the composer: the list to choose from, and applying one."""

from __future__ import annotations

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import access, applying, authoring
from rapport.desk.answers import answered, done
from rapport.desk.entering import signed_in
from rapport.kit import html
from rapport.people.rights import Right

MOST_SHOWN = 500


@require_safe
@answered
def macros(request: HttpRequest, number: int) -> HttpResponseBase:
    """What the account may apply here; the browser narrows it while one types."""
    account = signed_in(request)
    conversation = access.get_conversation(account, number)
    found = authoring.visible_to(account).select_related("team")[:MOST_SHOWN]
    context = {"number": conversation.pk, "macros": found, "may_write": account.may(Right.NOTE)}
    return render(request, "desk/conversation/_macros.html", context)


@require_POST
@answered
def application(request: HttpRequest, number: int, pk: int) -> HttpResponseBase:
    """Do a macro's acts and hand its words to the composer."""
    account = signed_in(request)
    conversation = access.get_conversation(account, number)
    macro = authoring.get(account, pk)
    applied = applying.apply(macro, conversation, by=account)
    said = _("“%s” applied") % macro.name if macro.acts else ""
    words = {"insert": applied.html, "insert_text": html.to_text(applied.html), "missing": list(applied.missing)}
    return done(request, f"/conversations/{number}/", said, conversation=number, **words)
