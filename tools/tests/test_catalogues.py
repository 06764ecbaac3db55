"""A translation keeps what its source promises, and a language that is shipped lacks nothing."""

from __future__ import annotations

import gettext
import re

import pytest
from babel.messages.catalog import Message

from tools import catalogues, messages, translating, wording
from tools.project import CHECKOUT


@pytest.fixture(scope="module")
def known():
    """What the product says, by its English, once for all tests here."""
    return {(catalogues.key(one), one.context): one for one in messages.collect() if one.id}


@pytest.mark.parametrize(
    ("key", "place"),
    [
        (("Send and close", None), "incidents.html"),  # in a page of ours
        (("By invitation only", None), "signup_closed.html"),  # in a page for a package
        (("Reply", "a message"), "message.py"),  # with a context
        (("Show %(num)s earlier entry", None), "_timeline.html"),  # in the plural
        (("Hours", None), None),
        (("quote", messages.PREPARED), "firm.toml"),  # in what a preset brings
    ],
)
def test_every_kind_of_source_is_read(known, key, place):
    found = [path for path, _ in known[key].locations] if key in known else []
    assert any(path.endswith(place) for path in found) if place else not found


@pytest.mark.parametrize(
    ("locale", "english", "said", "fault"),
    [
        ("de", "To %(who)s", "An %(who)s", ""),
        ("de", "To %(who)s", "An %(wer)s", "values"),
        ("de", "<b>Now</b>", "Jetzt", "values"),
        ("de", "Hello {{customer.name|there}}", "Guten Tag {{customer.name|zusammen}}", ""),
        ("de", "Hello {{customer.name|there}}", "Guten Tag {{kunde.name}}", "values"),
        ("de", "and # others", "und weitere", "values"),
        ("de", "Sending …", "Wird gesendet", "ends otherwise"),
        ("de", "“%s” is gone", "“%s” ist weg", "quote"),
        ("de", "“%s” is gone", "„%s“ ist weg", ""),
        ("de", "Gone ", "Weg", "white space"),
        ("fr", "Gone?", "Disparu ?", "no-break"),
        ("fr", "Gone?", "Disparu\u202f?", ""),
        ("es", "Gone?", "Fuera?", "¿"),
        ("zh_Hans", "Try again, then call.", "请重试,然后致电。", "marks"),
        ("zh_Hans", "Try again, then call.", "请重试，然后致电。", ""),
        ("de", ("One", "%(num)s mails"), ("Eine", "%(num)s Mails"), ""),
        ("de", ("One", "%(num)s mails"), ("Eine", ""), "form"),
        ("fr", ("One", "%(num)s mails"), ("Un", "%(num)s mails"), "values"),  # nought is said with the form of one
        ("zh_Hans", ("One", "%(num)s mails"), ("%(num)s 封",), ""),
    ],
)
def test_a_translation_keeps_its_values_and_writes_as_its_language_does(locale, english, said, fault):
    found = "; ".join(wording.faults(Message(english, said), locale))
    assert fault in found
    assert bool(found) == bool(fault)


@pytest.fixture
def shop(tmp_path):
    """A small checkout that says three things and ships German."""
    source = (
        'from django.utils.translation import gettext as _\nfrom django.utils.translation import ngettext\n_("Yes")\n'
    )
    for name, text in {
        "rapport/shop.py": source + 'ngettext("%(num)s rose", "%(num)s roses", 2)\n_("Gone for good")\n',
        "rapport/config/settings.py": 'LANGUAGES = [("en", "English"), ("de", "Deutsch")]\n',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_a_shipped_language_lacks_nothing_and_answers_are_judged_before_they_are_taken(shop, tmp_path, monkeypatch):
    monkeypatch.setitem(messages.OTHERWISE, "de", re.compile("(?!)"))
    assert "has no catalogue" in str(catalogues.find(shop)[0])
    catalogues.main(shop, ("de",))
    assert len(catalogues.find(shop)) == 3
    folder = tmp_path / "portions"
    translating.main("out", "de", folder, shop)
    portion = folder / "portion-01.json"
    portion.write_text(portion.read_text().replace('"words": ""', '"words": "Ja"', 1))
    filled = portion.read_text().replace('"words": [\n   "",\n   ""\n  ]', '"words": ["%(n)s Rose", "%(num)s Rosen"]')
    portion.write_text(filled)
    assert translating.main("in", "de", folder, shop) == 1  # %(n)s is not %(num)s
    portion.write_text(filled.replace("%(n)s", "%(num)s").replace('"words": ""', '"words": "Weg"'))
    assert translating.main("in", "de", folder, shop) == 0
    assert catalogues.find(shop) == []
    with catalogues.source_path(shop, "de").with_suffix(".mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert [read.ngettext("%(num)s rose", "%(num)s roses", n) % {"num": n} for n in (1, 2)] == ["1 Rose", "2 Rosen"]


def test_what_is_said_no_longer_and_a_stale_compiled_catalogue_are_found(shop):
    catalogues.main(shop, ("de",))
    path = catalogues.source_path(shop, "de")
    path.write_text(path.read_text().replace('msgid "Yes"\nmsgstr ""', 'msgid "Yes!"\nmsgstr "Ja!"'))
    found = " ".join(str(one) for one in catalogues.find(shop))
    assert "'Yes!' is said no longer" in found
    assert "'Yes' is not in it" in found
    assert "older than its words" in found


def test_the_catalogues_here_are_in_order():
    assert catalogues.find(CHECKOUT) == []
