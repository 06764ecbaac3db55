"""A macro's words for several conversations: looked at first, then sent or noted in one go, and taken back in one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from markupsafe import Markup

from rapport.conversations import access, authoring, batching
from rapport.conversations.batch_errors import PreviewTooOld
from rapport.conversations.batch_planning import Letter, Why
from rapport.conversations.batching import Agreed
from rapport.conversations.errors import NotFound
from rapport.conversations.models import Batch, Conversation, Macro
from rapport.desk.answers import answered, done, is_part, number_of
from rapport.desk.conversation.composing import written
from rapport.desk.conversation.forms import numbers
from rapport.desk.entering import signed_in
from rapport.desk.inbox import panes
from rapport.kit import clock, html
from rapport.kit.secrets import random_token
from rapport.outbox import composing
from rapport.people import preferring
from rapport.people.models import Account
from rapport.people.rights import Right

PREVIEW_SECONDS = 3600
_SALT = "rapport.words"
REPLY, NOTE = "reply", "note"
_REASONS = {
    Why.UNFILLED: noop("Nobody knows what belongs in %(what)s here"),
    Why.SPAM: noop("It is in the spam"),
    Why.STRANGER: noop("Somebody else’s message waits there to be let in"),
    Why.HELD: noop("A reply of %(what)s is about to go out"),
    Why.WRITING: noop("%(what)s is writing there now"),
    Why.BEGUN: noop("%(what)s has begun a reply there"),
    Why.OWN_DRAFT: noop("You have begun to write there yourself; that stays as it is"),
    Why.NOBODY: noop("There is no address to reply to"),
    Why.NO_INBOX: noop("Its inbox was removed, so nothing can be sent from it"),
    Why.BLOCKED: noop("%(what)s is on the blocklist"),
    Why.FIELDS: noop("It cannot be closed before this is filled in: %(what)s"),
    Why.ANSWERED: noop("%(what)s wrote after you looked"),
    Why.CHANGED: noop("Its people or its words have changed since you looked"),
    Why.GONE: noop("It was merged, or moved to where you do not see it"),
}


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A conversation that gets nothing, and why. `subject` None: the account does not see it any more."""

    number: int
    subject: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Sample:
    """One letter as it would leave."""

    number: int
    subject: str
    sender: str
    to: str
    cc: str
    html: Markup
    signature: Markup


@require_http_methods(["GET", "POST"])
@answered
def words(request: HttpRequest) -> HttpResponseBase:
    """GET: what would happen (`macro`, `number` repeated, `as`, `show` one of them). POST: the `agreed` happens."""
    account = signed_in(request)
    access.demand(account, Right.MANAGE)
    if request.method == "POST":
        return _carried_out(request, account)
    macro = authoring.get(account, number_of(request.GET.get("macro")) or 0)
    chosen = chosen_by(account, numbers(request.GET, "number"))
    as_note = request.GET.get("as") == NOTE or not account.may(Right.REPLY)
    letters = batching.preview(macro, chosen, by=account, as_note=as_note)
    return render(request, "desk/inbox/words.html", _preview(request, account, macro, letters, as_note=as_note))


@require_safe
@answered
def result(request: HttpRequest, key: str) -> HttpResponseBase:
    """What was done, and what was not."""
    account = signed_in(request)
    context = panes.frame(account, "") | _told(account, batching.of(account, key))
    return render(request, "desk/inbox/words_done.html", context)


@require_POST
@answered
def taking_back(request: HttpRequest, key: str) -> HttpResponseBase:
    """Take all of it back that is still held."""
    account = signed_in(request)
    batch = batching.take_back(batching.of(account, key), by=account)
    said = ngettext("Taken back: %(n)d conversation", "Taken back: %(n)d conversations", batch.taken)
    return done(request, _place(batch), said % {"n": batch.taken})


def chosen_by(account: Account, named: Sequence[int]) -> list[Conversation]:
    """These conversations, oldest first. Raises NotFound when one of them is not there for the account."""
    chosen = list(access.conversations_visible_to(account).filter(pk__in=named, merged_into=None).order_by("pk"))
    if not chosen or len(chosen) != len(set(named)):
        raise NotFound
    return chosen


def address_of(macro: Macro, named: Sequence[int], view: str) -> str:
    """Where the preview stands."""
    return "/inbox/words/?" + urlencode({"macro": macro.pk, "view": view, "number": named}, doseq=True)


def _carried_out(request: HttpRequest, account: Account) -> HttpResponseBase:
    agreed = _agreed(account, request.POST.get("agreed", ""))
    batch = batching.carry_out(authoring.get(account, agreed.macro_id), agreed, by=account)
    if not is_part(request):
        return HttpResponseRedirect(_place(batch))
    context = _told(account, batch)
    response = render(request, "desk/inbox/_words_done.html", context)
    told: dict[str, Any] = {"toast": context["said"], "numbers": [number for number, _message in batch.done]}
    if context["seconds"]:
        told |= {"undo": f"{_place(batch)}taking-back/", "undo_label": _("Undo"), "seconds": context["seconds"]}
    response["HX-Trigger"] = json.dumps({"rapport:done": told})
    response["HX-Push-Url"] = _place(batch)
    return response


def _preview(
    request: HttpRequest, account: Account, macro: Macro, letters: Sequence[Letter], *, as_note: bool
) -> dict[str, Any]:
    going = [one for one in letters if not one.why]
    asked = number_of(request.GET.get("show"))
    shown = next((one for one in going if one.number == asked), going[0] if going else None)
    view = request.GET.get("view", "")
    return panes.frame(account, "") | {
        "macro": macro,
        "as_note": as_note,
        "may_reply": account.may(Right.REPLY),
        "may_note": account.may(Right.NOTE),
        "going": [(one, written(one.to)) for one in going],
        "left": [LeftOut(one.number, one.subject, reason(one.why, one.detail)) for one in letters if one.why],
        "sample": _sample(account, shown, as_note=as_note) if shown else None,
        "here": address_of(macro, [one.number for one in letters], view),
        "back": f"/inbox/?{urlencode({'view': view})}",
        "agreed": _sealed(account, macro, letters, as_note=as_note),
        "seconds": preferring.undo_seconds(account),
        "most": batching.MOST,
        "page_title": _("“%s” to several at once") % macro.name,
    }


def _sample(account: Account, letter: Letter, *, as_note: bool) -> Sample:
    conversation = access.get_conversation(account, letter.number)
    inbox = conversation.inbox
    sender = signature = ""
    if inbox is not None and not as_note:
        one = composing.sender_of(account, inbox)
        sender, signature = f"{one.name} <{one.email}>", composing.signature_of(account, conversation)
    return Sample(
        letter.number,
        letter.subject,
        sender,
        written(letter.to),
        written(letter.cc),
        # Sanitised when the macro was stored, with values escaped, and again here, where it stands in our own page.
        Markup(html.for_our_page(letter.html, {})),  # noqa: S704
        Markup(html.for_our_page(signature, {})),  # noqa: S704
    )


def _told(account: Account, batch: Batch) -> dict[str, Any]:
    """Context of what was done and what was not."""
    named = [number for number, *_rest in (*batch.done, *batch.left)]
    seen = access.conversations_visible_to(account).filter(pk__in=named)
    subjects = dict(seen.values_list("pk", "subject"))
    held = batch.taken_at is None and batch.done and batch.release_at > clock.now()
    return {
        "batch": batch,
        "said": _said(batch),
        "done": [(number, message, subjects.get(number)) for number, message in batch.done],
        "left": [LeftOut(number, subjects.get(number), reason(why, detail)) for number, why, detail in batch.left],
        "seconds": max(round((batch.release_at - clock.now()).total_seconds()), 1) if held else 0,
        "page_title": _("“%s” to several at once") % batch.name,
    }


def _said(batch: Batch) -> str:
    count = len(batch.done)
    if batch.as_note:
        return ngettext("Note in %(n)d conversation", "Notes in %(n)d conversations", count) % {"n": count}
    return ngettext("Reply to %(n)d conversation", "Replies to %(n)d conversations", count) % {"n": count}


def reason(why: str, detail: str) -> str:
    """A sentence for people; what a verb or a rule says stands for itself."""
    said = _REASONS.get(why)  # type: ignore[call-overload]
    return _(said) % {"what": detail or _("a colleague")} if said else detail


def _place(batch: Batch) -> str:
    return f"/inbox/words/{batch.key}/"


def _sealed(account: Account, macro: Macro, letters: Sequence[Letter], *, as_note: bool) -> str:
    """What was shown, so that this and nothing else is sent; with the key that lets it be sent once."""
    going = [(one.number, one.seen, one.stamp) for one in letters if not one.why]
    left = [(one.number, one.why, one.detail) for one in letters if one.why]
    facts = [account.pk, random_token(), macro.pk, macro.changed_at.isoformat(), as_note, going, left]
    return signing.dumps(facts, salt=_SALT, compress=True)


def _agreed(account: Account, token: str) -> Agreed:
    try:
        owner, key, macro, version, as_note, going, left = signing.loads(token, salt=_SALT, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        raise PreviewTooOld from None
    if owner != account.pk:
        raise NotFound
    moment = parse_datetime(version)
    if moment is None:
        raise PreviewTooOld
    return Agreed(key, macro, moment, as_note, {number: (seen, stamp) for number, seen, stamp in going}, left)
