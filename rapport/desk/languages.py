"""The language of pages before anybody has signed in: as it was chosen here, as the browser asks, else the company's."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.http import require_POST

from rapport.people import speaking

_A_YEAR = 60 * 60 * 24 * 365


class LanguageForm(forms.Form):
    """One of the languages there are."""

    language = forms.ChoiceField(choices=lambda: settings.LANGUAGES)


def of_visitor(request: HttpRequest) -> str:
    """What a page speaks to somebody who has not signed in.

    Nothing is read for what shows no words: style sheets, the health address, whoever did not ask for a page.
    """
    chosen = speaking.known(request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""))
    asked = parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    found = chosen or next(filter(None, (speaking.known(code) for code, _ in asked)), "")
    if found or "text/html" not in request.headers.get("Accept", ""):
        return found or settings.LANGUAGE_CODE
    return speaking.company()


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Remember in this browser what a visitor chose, and go back to the page they chose it on."""
    form = LanguageForm(request.POST)
    if not form.is_valid():
        return HttpResponseBadRequest()
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    answer = HttpResponseRedirect(back if is_ours else "/")
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        form.cleaned_data["language"],
        max_age=_A_YEAR,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return answer
