"""The long choice says what Django's own says."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from django import forms

from rapport.ui.selecting import LongSelect

CHOICES = [("", "Not known"), ("a<b", "A & <b>"), ("c", "C")]


class Read(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[object] = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, sorted(attrs)))

    def handle_data(self, data):
        if data.strip():
            self.found.append(data.strip())


@pytest.mark.parametrize("value", ["", None, "a<b", "nowhere"])
@pytest.mark.parametrize("required", [True, False])
def test_it_says_what_the_plain_choice_says(value, required):
    def written(widget):
        form = type(
            "Form", (forms.Form,), {"zone": forms.ChoiceField(choices=CHOICES, required=required, widget=widget)}
        )
        return Read(str(form(initial={"zone": value}, auto_id="id_%s")["zone"])).found

    assert written(LongSelect(attrs={"data-long": "yes"})) == written(forms.Select(attrs={"data-long": "yes"}))
