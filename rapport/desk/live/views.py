"""The door to the live stream, and telling colleagues where one is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET, require_POST

from rapport.conversations import access
from rapport.conversations.errors import NotFound
from rapport.desk.entering import opens_own_transactions, signed_in
from rapport.events import presence as presences
from rapport.events import waking
from rapport.ui.handoff import LiveHandOff


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """The stream of events this account may see. `Last-Event-ID`, or `since` of a fresh page, says what it knows."""
    account = signed_in(request)
    known = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    return LiveHandOff(
        account.pk,
        account.access_version,
        int(known) if known.isascii() and known.isdigit() and 0 < len(known) < 19 else None,
        session_key=request.session.session_key or "",
    )


@require_POST
@opens_own_transactions
def presence(request: HttpRequest, number: int) -> HttpResponse:
    """`state` viewing, writing or gone. Said again every 15 s while it holds; never written to the database."""
    account = signed_in(request)
    state = request.POST.get("state", "")
    if state not in presences.STATES:
        return HttpResponse(status=400)
    try:
        conversation = access.get_conversation(account, number)
    except NotFound:
        return HttpResponse(status=404)
    said = {"conversation": conversation.pk, "account": account.pk, "name": account.name[:80], "state": state}
    waking.publish(presences.TOPIC, said)
    return HttpResponse(status=204)
