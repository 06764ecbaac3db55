"""The company: its name and its one switch."""

from __future__ import annotations

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from rapport.desk.settings.pages import allowed, show
from rapport.people import installing, preferring, speaking
from rapport.people.rights import Right


class CompanyForm(forms.Form):
    """Name and openness."""

    company_name = forms.CharField(
        label=gettext_lazy("Company"), max_length=120, help_text=gettext_lazy("Customers see this name.")
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        choices=lambda: settings.LANGUAGES,
        required=False,
        help_text=gettext_lazy(
            "Customers get automatic words in it when their own language is not known, and pages speak it to visitors "
            "whose browser asks for none of ours. Everybody chooses their own in their account."
        ),
    )
    undo_seconds = forms.IntegerField(
        label=gettext_lazy("Seconds to take a reply back"),
        min_value=0,
        max_value=preferring.MOST_UNDO_SECONDS,
        required=False,
        help_text=gettext_lazy("How long replies wait before they leave, 0 to 60. Everybody can choose otherwise."),
    )
    open_to_all = forms.BooleanField(
        label=gettext_lazy("Every agent sees every conversation"),
        required=False,
        help_text=gettext_lazy("Off: agents see the conversations of their own teams, and those they take part in."),
    )
    push_words = forms.BooleanField(
        label=gettext_lazy("Notifications on devices say who wrote about what"),
        required=False,
        help_text=gettext_lazy("Off: they say “Something new”, because a locked screen can be read by anybody."),
    )


@require_http_methods(["GET", "POST"])
def company(request: HttpRequest) -> HttpResponse:
    """Shows and changes it."""
    me = allowed(request, Right.INSTALLATION)
    now = installing.current()
    initial = {
        "company_name": now.company_name,
        "language": speaking.company(),
        "open_to_all": now.open_to_all,
        "push_words": now.push_words,
        "undo_seconds": preferring.company_undo_seconds(),
    }
    form = CompanyForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        installing.set_undo_time(seconds=form.cleaned_data.pop("undo_seconds"), by=me)
        language = form.cleaned_data.pop("language")
        if language:
            speaking.speak(language, by=me)
        installing.set_push_words(are_shown=form.cleaned_data.pop("push_words"), by=me)
        installing.change(**form.cleaned_data, by=me)
        messages.success(request, _("Saved."))
        return HttpResponseRedirect(reverse("settings_company"))
    status = 400 if form.is_bound else 200
    return show(request, "company/page.html", tab="company", context={"form": form}, status=status)
