"""The same press twice does it once.

When the line breaks after an act is done and before its answer has come, the browser cannot know, and whoever sits
there presses again. Such forms carry a key (`{{ once() }}`); under one key an act is done once, and asked again it is
answered as it was the first time. The idea is that of the Idempotency-Key header (IETF draft "The Idempotency-Key HTTP
Header Field"), for forms.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from rapport.desk.answers import is_part
from rapport.desk.entering import signed_in
from rapport.kit import secrets
from rapport.people import submitting
from rapport.people.errors import PeopleRefusal
from rapport.ui import moments

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]
FIELD = "once"
_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")
# What may differ although the same is meant: marks of the page, and what is to happen after the words have gone out.
_LEFT_OUT = frozenset({"csrfmiddlewaretoken", FIELD, "seen", "refills", "opened", "then", "at", "own_at", "snoozed"})


class SentOtherwise(PeopleRefusal):
    """Under this key something else was sent before; what is on the screen now was not."""

    code = "sent_otherwise"
    status = 409

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at
        self.facts = {FIELD: new_key()}

    def __str__(self) -> str:
        return _(
            "This was sent at %(time)s already, as it stood then. What you changed since has not been sent: press again to send it as well."
        ) % {"time": moments.full(self.at)}


class NoKey(PeopleRefusal):
    """The form names a key that no page of ours gave out."""

    code = "no_key"

    def __str__(self) -> str:
        return _("This form cannot be used any more. Nothing was sent; load the page again.")


def new_key() -> str:
    """A key for one form on one page."""
    return secrets.random_token()


def once(view: View[Arguments]) -> View[Arguments]:
    """A view that does what a form asks once for each key; without a key, each time.

    What is refused, by an exception or by a status of 400 and above, may be sent again under the same key.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        key = request.POST.get(FIELD, "")
        if not key:
            return view(request, *args, **kwargs)
        if not _KEY.fullmatch(key):
            raise NoKey
        digest = _digest(request)
        row, is_new = submitting.begin(signed_in(request), key=key, digest=digest)
        if not is_new:
            if row.digest != digest:
                raise SentOtherwise(row.at)
            return _again(request, json.loads(row.answer))
        response = view(request, *args, **kwargs)
        if response.status_code < 400:
            submitting.finish(row, answer=json.dumps(_told(response)))
        else:
            submitting.leave(row)
        return response

    return wrapper


def _digest(request: HttpRequest) -> str:
    said = sorted((name, values) for name, values in request.POST.lists() if name not in _LEFT_OUT)
    return hashlib.sha256(json.dumps([request.path, said]).encode()).hexdigest()


def _told(response: HttpResponseBase) -> dict[str, str]:
    """What of an answer can be said again. A part of a page cannot: it may be old by then."""
    told = {name: response[name] for name in ("HX-Trigger", "Location") if name in response}
    return told if response.status_code != 200 else {}


def _again(request: HttpRequest, told: dict[str, Any]) -> HttpResponseBase:
    if not is_part(request):
        return HttpResponseRedirect(told.get("Location") or "/inbox/")
    response = HttpResponse(status=204)
    if "HX-Trigger" in told:
        response["HX-Trigger"] = told["HX-Trigger"]
    else:
        response["HX-Refresh"] = "true"
    return response
