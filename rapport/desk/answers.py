"""How acts answer: to htmx with what happened, to a plain form with a redirect, to a refusal with its sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

Arguments = ParamSpec("Arguments")
View = Callable[Concatenate[HttpRequest, Arguments], HttpResponseBase]
Answer = TypeVar("Answer", bound=HttpResponseBase)


def answered(view: View[Arguments]) -> View[Arguments]:
    """A view whose pages are kept by no cache.

    Its refusals go on to `entering.AccessMiddleware`, which answers them when the transaction of the request has been
    undone: of an act that is refused half way, nothing stays.
    """

    @wraps(view)
    def wrapper(request: HttpRequest, /, *args: Arguments.args, **kwargs: Arguments.kwargs) -> HttpResponseBase:
        return _kept_by_nobody(view(request, *args, **kwargs))

    return wrapper


def _kept_by_nobody(response: Answer) -> Answer:
    patch_vary_headers(response, ["HX-Request"])
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page rather than for a page."""
    return "HX-Request" in request.headers and "HX-History-Restore-Request" not in request.headers


def done(request: HttpRequest, back: str, said: str = "", **facts: Any) -> HttpResponse:
    """An act has succeeded. `facts` reach the page as the event `rapport:done`; a plain form goes `back`.

    Known facts: conversation, numbers, composer ("empty" or "restored"), undo (address), undo_label, seconds.
    """
    if not is_part(request):
        if said:
            messages.success(request, said)
        return HttpResponseRedirect(back)
    response = HttpResponse(status=204)
    response["HX-Trigger"] = json.dumps({"rapport:done": {"toast": said, **facts}})
    return response


def refused(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """The refusal's own sentence and status: a toast for htmx, JSON for scripts, else a page. No cache keeps it."""
    return _kept_by_nobody(_refused(request, refusal))


def _refused(request: HttpRequest, refusal: Exception) -> HttpResponse:
    status = int(getattr(refusal, "status", 400))
    sentence = str(refusal)
    if is_part(request):
        response = HttpResponse(status=status)
        response["HX-Reswap"] = "none"
        response["HX-Trigger"] = json.dumps({"rapport:refused": {"sentence": sentence} | getattr(refusal, "facts", {})})
        return response
    if request.content_type == "application/json" or request.path.startswith("/uploads/"):
        return JsonResponse({"sentence": sentence, "code": getattr(refusal, "code", "refused")}, status=status)
    title = _("Not found") if status == 404 else _("This did not work")
    context = {"sentence": sentence, "page_title": title, "base": "ui/page.html"}
    if not request.user.is_authenticated:
        context["base"] = "ui/quiet.html"
    return render(request, "desk/refused.html", context, status=status)


def number_of(value: str | None) -> int | None:
    """A number from a form field; None for an empty or wrong one."""
    text = (value or "").strip().removeprefix("#")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
