"""The palette's questions to the server. Answers are JSON lists of {group, text, href, hint, words}."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from rapport.desk.answers import answered, number_of
from rapport.desk.entering import signed_in
from rapport.desk.palette import offering

MOST_LETTERS = 100


@require_safe
@answered
def places(request: HttpRequest) -> HttpResponseBase:
    """What is always there, and the conversations of `recent` (numbers, comma between) that may be seen."""
    account = signed_in(request)
    numbers = [number for one in request.GET.get("recent", "").split(",") if (number := number_of(one))]
    return JsonResponse({"found": [*offering.recent(account, numbers), *offering.places(account)]})


@require_safe
@answered
def found(request: HttpRequest) -> HttpResponseBase:
    """What the words of `q` find."""
    return JsonResponse({"found": offering.found(signed_in(request), request.GET.get("q", "")[:MOST_LETTERS])})
