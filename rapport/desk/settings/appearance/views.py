"""The accent and the logo: chosen, seen by day and by night before they are kept, and given back."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from rapport.desk.entering import opens_own_transactions
from rapport.desk.settings.pages import allowed, show
from rapport.people import appearing, installing
from rapport.people.errors import LogoRefused, NotAColour
from rapport.people.rights import Right
from rapport.ui import accents

_MOST_WRITTEN = 40


class AppearanceForm(forms.Form):
    """The two."""

    accent = forms.CharField(
        label=gettext_lazy("Accent colour"),
        required=False,
        max_length=_MOST_WRITTEN,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "data-accent": ""}),
        help_text=gettext_lazy("Like #2a4d9e. Empty: Rapport’s own blue."),
    )
    logo = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/gif,image/webp"}),
        help_text=gettext_lazy("PNG, JPEG, GIF or WebP, at most 1 MB. By night it stands on a light plate."),
    )

    def clean_accent(self) -> str:
        """As `#rrggbb`; Rapport's own colour counts as none chosen."""
        try:
            found = appearing.read_colour(self.cleaned_data["accent"])
        except NotAColour as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return "" if found == accents.default() else found

    def drawn(self) -> bytes | None:
        """The logo that came along, drawn anew; empty when it is to go, None when it stays. Notes what is wrong."""
        given: UploadedFile[bytes] | None = self.cleaned_data["logo"]
        if given is None:
            return b"" if self.cleaned_data.get("remove_logo") else None
        try:
            return appearing.drawn_logo(given.read(appearing.MOST_LOGO_BYTES + 1))
        except LogoRefused as refusal:
            self.add_error("logo", str(refusal))
        except OSError:
            self.add_error("logo", _("The picture could not be stored just now. Nothing was changed; try again."))
        return None


class WithLogoForm(AppearanceForm):
    """The same where there is a logo that may go."""

    remove_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)


@require_http_methods(["GET", "POST"])
@opens_own_transactions  # a picture is drawn, and nothing waits for that
def appearance(request: HttpRequest) -> HttpResponse:
    """Shows and changes them."""
    me = allowed(request, Right.INSTALLATION)
    house = installing.current()
    kind = WithLogoForm if house.logo_sha256 else AppearanceForm
    form = kind(request.POST or None, request.FILES or None, initial={"accent": house.accent})
    if request.method == "POST" and form.is_valid():
        logo = form.drawn()
        if form.is_valid():
            appearing.change(accent=form.cleaned_data["accent"], logo=logo, by=me)
            messages.success(request, _("Saved."))
            return HttpResponseRedirect(reverse("settings_appearance"))
    context = {"form": form, "default": accents.default(), **_seen(_written(form))}
    status = 400 if form.is_bound else 200
    return show(request, "appearance/page.html", tab="appearance", context=context, status=status)


@require_safe
def preview(request: HttpRequest) -> HttpResponse:
    """How a colour would look, by day and by night, and whether it is adjusted."""
    allowed(request, Right.INSTALLATION)
    written = request.GET.get("accent", "")[:_MOST_WRITTEN]
    return render(request, "desk/settings/appearance/_preview.html", _seen(written))


@require_safe
def shades(request: HttpRequest) -> HttpResponse:
    """The style sheet of that preview: inline styles run on none of our pages."""
    allowed(request, Right.INSTALLATION)
    seen = _seen(request.GET.get("accent", "")[:_MOST_WRITTEN])
    found = seen["shades"]
    css = accents.rule(".looks", found) if isinstance(found, accents.Shades) else ""
    headers = {"Cache-Control": "private, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(css, content_type="text/css; charset=utf-8", headers=headers)


def _written(form: AppearanceForm) -> str:
    return str(form["accent"].value() or "")[:_MOST_WRITTEN]


def _seen(written: str) -> dict[str, object]:
    """`shades` of what was written, None for Rapport's own; `refusal` in words when it is no colour."""
    try:
        colour = appearing.read_colour(written)
    except NotAColour as refusal:
        return {"shades": None, "refusal": str(refusal)}
    own = not colour or colour == accents.default()
    return {"shades": None if own else accents.shades(colour), "refusal": ""}
