"""Pseudo-languages hold every string, keep its values, and are longer."""

from __future__ import annotations

import gettext

import pytest

from tools import pseudo


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Send", "Šéñď~~"),
        ("To %(who)s", "Ťó %(who)s~"),
        ("%d of 100 %%", "%d óƒ 100 %%~"),
        ("Hi {{agent.name}}", "Ĥí {{agent.name}}~"),
        ("<b>Yes</b>", "<b>Ýéš</b>~"),
        ("status:open", "status:open"),
    ],
)
def test_letters_change_and_values_stay(text, shown):
    assert pseudo.accented(text) == shown


def test_a_catalogue_is_written_that_gettext_reads(tmp_path):
    pseudo.write(tmp_path)
    with (tmp_path / "en_XA/LC_MESSAGES/django.mo").open("rb") as file:
        read = gettext.GNUTranslations(file)
    assert read.gettext("Send and close") == "Šéñď áñď çļóšé~~~~~"
    assert read.pgettext("a message", "Reply").startswith("Řéþļý")
    assert read.gettext("Macros").startswith("Ṁáçřóš")
    assert read.gettext("November").startswith("Ñóṽéɱƀéř")
    one, many = (read.ngettext("%(n)d min", "%(n)d min", n) for n in (1, 2))
    assert one == many == "%(n)d ɱíñ~"
