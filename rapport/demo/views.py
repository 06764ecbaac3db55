"""The practice mailbox: write as a customer, read what the customer receives. Demo only, open to whoever is on this machine."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from rapport.channels.contract import Address, Attachment
from rapport.demo import reading, writing
from rapport.demo.forms import PracticeMailForm


@login_not_required
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """The first customer's mailbox."""
    _demand_demo()
    return redirect("practice_mailbox", key=reading.mailboxes()[0].key)


@login_not_required
@require_http_methods(["GET", "POST"])
def mailbox(request: HttpRequest, key: str) -> HttpResponse:
    """One customer's letters and a sheet of paper; POST sends."""
    owner = _owner(key)
    form = PracticeMailForm(request.POST or None, request.FILES or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        _send(owner, form.cleaned_data)
        messages.success(request, _("Sent. It is in the company's inbox now."))
        return redirect("practice_mailbox", key=key)
    context = {"owner": owner, "mailboxes": reading.mailboxes(), "letters": reading.letters(owner.email), "form": form}
    return render(request, "demo/practice/page.html", context, status=422 if form.errors else 200)


@login_not_required
@require_GET
def letters(request: HttpRequest, key: str) -> HttpResponse:
    """The letters alone, for a page that looks for new ones."""
    owner = _owner(key)
    return render(request, "demo/practice/_letters.html", {"owner": owner, "letters": reading.letters(owner.email)})


def _owner(key: str) -> reading.Mailbox:
    _demand_demo()
    for owner in reading.mailboxes():
        if owner.key == key:
            return owner
    raise Http404


def _demand_demo() -> None:
    """The addresses are mounted in the demo only; should they ever be elsewhere, they answer nobody. Raises Http404."""
    if not settings.ENVIRONMENT.demo:
        raise Http404


def _initial(request: HttpRequest) -> dict[str, Any]:
    """An answer names the mail it answers and keeps its subject."""
    subject = request.GET.get("subject", "")
    if subject and not subject.lower().startswith("re:"):
        subject = f"Re: {subject}"
    return {"answers": request.GET.get("answers", ""), "subject": subject}


def _send(owner: reading.Mailbox, given: dict[str, Any]) -> None:
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
