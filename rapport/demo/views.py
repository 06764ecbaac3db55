"""The practice mailbox: write as a customer, read what the customer receives.

In the demo it is open to whoever is on this machine and writes to every inbox. In a real installation it stands while
there is a practice inbox, for those who see that inbox, and writes to no other.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rapport.channels.access import inboxes_visible_to
from rapport.channels.contract import Address, Attachment
from rapport.channels.models import Inbox
from rapport.demo.forms import PracticeMailForm
from rapport.people.models import Account
from rapport.practice import opening, reading, writing
from rapport.practice.reading import Mailbox


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The first customer's mailbox."""
    mailboxes, _inboxes = _place(request)
    return redirect("practice_mailbox", key=mailboxes[0].key)


@require_http_methods(["GET", "POST"])
def mailbox(request: HttpRequest, key: str) -> HttpResponse:
    """One customer's letters and a sheet of paper; POST sends."""
    mailboxes, inboxes = _place(request)
    owner = _owner(mailboxes, key)
    form = PracticeMailForm(request.POST or None, request.FILES or None, inboxes=inboxes, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        _send(owner, form.cleaned_data)
        messages.success(request, _("Sent. It is in the company's inbox now."))
        return redirect("practice_mailbox", key=key)
    context = {"owner": owner, "mailboxes": mailboxes, "letters": reading.letters(owner.email), "form": form}
    return render(request, "demo/practice/page.html", context, status=422 if form.errors else 200)


@require_GET
def letters(request: HttpRequest, key: str) -> HttpResponse:
    """The letters alone, for a page that looks for new ones."""
    mailboxes, _inboxes = _place(request)
    owner = _owner(mailboxes, key)
    return render(request, "demo/practice/_letters.html", {"owner": owner, "letters": reading.letters(owner.email)})


def _place(request: HttpRequest) -> tuple[list[Mailbox], QuerySet[Inbox]]:
    """Who one can write as, and to which inboxes. Raises Http404 where there is nothing to practise with."""
    if settings.ENVIRONMENT.demo:
        from rapport.demo import seeding

        return seeding.mailboxes(), Inbox.objects.filter(is_active=True)
    present = opening.inbox()
    account = request.user
    if present is None or not isinstance(account, Account):
        raise Http404
    found = inboxes_visible_to(account).filter(pk=present.pk, is_active=True)
    if not found.exists():
        raise Http404
    return opening.mailboxes(), found


def _owner(mailboxes: list[Mailbox], key: str) -> Mailbox:
    for owner in mailboxes:
        if owner.key == key:
            return owner
    raise Http404


def _initial(request: HttpRequest) -> dict[str, Any]:
    """An answer names the mail it answers and keeps its subject."""
    subject = request.GET.get("subject", "")
    if subject and not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    return {"answers": request.GET.get("answers", ""), "subject": subject}


def _send(owner: Mailbox, given: dict[str, Any]) -> None:
    file = given["attachment"]
    content = file.read() if file else b""
    attached = [Attachment(file.name, file.content_type or "", len(content), "", content)] if file else []
    writing.write(
        given["words"],
        sender=Address(owner.email, owner.name),
        inbox=given["inbox"],
        subject=given["subject"],
        answers=given["answers"],
        attachments=attached,
    )
