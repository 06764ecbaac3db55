"""One act on several conversations at once, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.core import signing
from django.db.models import Max
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from rapport.conversations import (
    access,
    applying,
    assigning,
    authoring,
    batching,
    closing,
    directory,
    locking,
    merging,
    moving,
    prioritising,
    spamming,
    tagging,
    undoing,
)
from rapport.conversations.batch_errors import TooManyAtOnce
from rapport.conversations.errors import NotFound, TooLate, TooManyToMerge, UnknownStatus
from rapport.conversations.models import Conversation
from rapport.desk.answers import answered, done, is_part, number_of
from rapport.desk.entering import signed_in
from rapport.desk.inbox import words
from rapport.events.models import Event
from rapport.people import access as people
from rapport.people.models import Account
from rapport.people.rights import Right

MOST_AT_ONCE = 200
# Each merge tells counts and search words of the whole anew.
MOST_MERGED = 20
UNDO_SECONDS = 20
_SALT = "rapport.bulk"


@require_POST
@answered
def bulk(request: HttpRequest) -> HttpResponseBase:
    """Do `act` (with its `value`) to every `number`, all or none; the answer offers to take it back.

    A macro with words leads to its preview first.
    """
    account = signed_in(request)
    named = request.POST.getlist("number")
    if len(named) > MOST_AT_ONCE:
        raise TooManyAtOnce(len(named), MOST_AT_ONCE)
    chosen = words.chosen_by(account, [number for value in named if (number := number_of(value))])
    act = request.POST.get("act", "")
    if act not in _ACTS:
        return HttpResponse(status=400)
    access.demand(account, Right.MANAGE)
    value = request.POST.get(f"value_{act}", request.POST.get("value", ""))
    if act == "macro" and batching.has_words(macro := authoring.get(account, number_of(value) or 0)):
        return _to_preview(request, words.address_of(macro, [one.pk for one in chosen], request.POST.get("view", "")))
    before = newest_event()
    locking.lock_all_living(chosen)
    said = _ACTS[act](chosen, account, value) % {"n": len(chosen)}
    back = f"/inbox/?view={request.POST.get('view', '')}"
    numbers = [conversation.pk for conversation in chosen]
    return done(request, back, said, numbers=numbers, **undo_of(account, numbers, before))


def _to_preview(request: HttpRequest, address: str) -> HttpResponseBase:
    if is_part(request):
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return HttpResponseRedirect(address)


@require_safe
@answered
def choices(request: HttpRequest) -> HttpResponseBase:
    """What can be done to several at once beyond the buttons of the bar; fetched when its menu is opened."""
    account = signed_in(request)
    access.demand(account, Right.MANAGE)
    known = directory.read()
    context = {
        "colleagues": known.colleagues,
        "teams": known.living_teams,
        "priorities": Conversation.Priority.choices,
        "macros": [(macro.pk, macro.name, batching.has_words(macro)) for macro in authoring.visible_to(account)],
    }
    return render(request, "desk/inbox/_bulk_choices.html", context)


@require_POST
@answered
def undo(request: HttpRequest, token: str) -> HttpResponseBase:
    """Take back what the token names; it was given to the one who did it."""
    account = signed_in(request)
    try:
        owner, events = signing.loads(token, salt=_SALT, max_age=undoing.HOW_LONG)
    except signing.BadSignature:
        raise TooLate from None
    if owner != account.pk:
        raise NotFound
    undone = undoing.undo(events, by=account)
    said = _("Taken back")
    if undone.left:
        said = ngettext(
            "Taken back; %(n)d change stays, because somebody changed it since",
            "Taken back; %(n)d changes stay, because somebody changed them since",
            undone.left,
        ) % {"n": undone.left}
    numbers = Event.objects.filter(pk__in=events).values_list("conversation_id", flat=True)
    return done(request, "/inbox/", said, numbers=sorted(set(numbers)))


def newest_event() -> int:
    """Where the log ends before an act."""
    return Event.objects.aggregate(newest=Max("pk"))["newest"] or 0


def undo_of(account: Account, numbers: Sequence[int], before: int) -> dict[str, object]:
    """Facts of an answer that offers to take back what the account just did to these, after that event."""
    own = Event.objects.filter(pk__gt=before, actor_id=account.pk, conversation_id__in=numbers)
    events = list(own.order_by("pk").values_list("pk", flat=True))
    if not events:
        return {}
    address = f"/inbox/bulk/undo/{signing.dumps([account.pk, events], salt=_SALT, compress=True)}/"
    return {"undo": address, "undo_label": _("Undo"), "seconds": UNDO_SECONDS}


def _close(chosen: list[Conversation], account: Account, _value: str) -> str:
    for conversation in chosen:
        closing.close(conversation, by=account)
    return ngettext("%(n)d conversation closed", "%(n)d conversations closed", len(chosen))


def _set_status(chosen: list[Conversation], account: Account, value: str) -> str:
    verbs = {"open": closing.reopen, "waiting": closing.wait, "closed": closing.close}
    if value not in verbs:
        raise UnknownStatus
    for conversation in chosen:
        verbs[value](conversation, by=account)
    return ngettext("%(n)d conversation changed", "%(n)d conversations changed", len(chosen))


def _take(chosen: list[Conversation], account: Account, _value: str) -> str:
    for conversation in chosen:
        assigning.assign(conversation, to=account, by=account)
    return ngettext("%(n)d conversation is yours", "%(n)d conversations are yours", len(chosen))


def _assign(chosen: list[Conversation], account: Account, value: str) -> str:
    to = None
    if value:
        to = people.accounts_visible_to(account).filter(pk=number_of(value) or 0).first()
        if to is None:
            raise UnknownStatus
    for conversation in chosen:
        assigning.assign(conversation, to=to, by=account)
    return ngettext("%(n)d conversation assigned", "%(n)d conversations assigned", len(chosen))


def _move(chosen: list[Conversation], account: Account, value: str) -> str:
    team = people.teams_visible_to(account).filter(pk=number_of(value) or 0).first()
    if team is None:
        raise UnknownStatus
    for conversation in chosen:
        moving.move(conversation, team=team, by=account)
    return ngettext("%(n)d conversation handed over", "%(n)d conversations handed over", len(chosen))


def _tag(chosen: list[Conversation], account: Account, value: str) -> str:
    for conversation in chosen:
        tagging.tag(conversation, name=value, by=account)
    return ngettext("%(n)d conversation tagged", "%(n)d conversations tagged", len(chosen))


def _untag(chosen: list[Conversation], account: Account, value: str) -> str:
    for conversation in chosen:
        tagging.untag(conversation, name=value, by=account)
    return ngettext("Tag taken off %(n)d conversation", "Tag taken off %(n)d conversations", len(chosen))


def _prioritise(chosen: list[Conversation], account: Account, value: str) -> str:
    wanted = number_of(value)
    for conversation in chosen:
        prioritising.set_priority(conversation, priority=-1 if wanted is None else wanted, by=account)
    return ngettext("%(n)d conversation changed", "%(n)d conversations changed", len(chosen))


def _macro(chosen: list[Conversation], account: Account, value: str) -> str:
    macro = authoring.get(account, number_of(value) or 0)
    for conversation in chosen:
        applying.apply(macro, conversation, by=account)
    return ngettext("Macro applied to %(n)d conversation", "Macro applied to %(n)d conversations", len(chosen))


def _spam(chosen: list[Conversation], account: Account, _value: str) -> str:
    spamming.mark_all_spam(chosen, by=account)
    return _("Moved to spam: %(n)d")


def _not_spam(chosen: list[Conversation], account: Account, _value: str) -> str:
    spamming.none_spam(chosen, by=account)
    return _("Brought back from spam: %(n)d")


def _merge(chosen: list[Conversation], account: Account, _value: str) -> str:
    if len(chosen) > MOST_MERGED:
        raise TooManyToMerge
    oldest, *others = chosen
    for conversation in others:
        merging.merge(conversation, into=oldest, by=account)
    return ngettext("%(n)d conversation merged", "%(n)d conversations are one now", len(chosen))


_ACTS: dict[str, Callable[[list[Conversation], Account, str], str]] = {
    "close": _close,
    "status": _set_status,
    "mine": _take,
    "assign": _assign,
    "team": _move,
    "tag": _tag,
    "untag": _untag,
    "priority": _prioritise,
    "macro": _macro,
    "merge": _merge,
    "spam": _spam,
    "not_spam": _not_spam,
}
