"""Templates as they are compiled: the same words as before, written in once for each language."""

from __future__ import annotations

import pytest
from django.utils import translation
from jinja2 import DictLoader, Undefined
from markupsafe import Markup, escape

from rapport.ui import jinja
from rapport.ui.compiling import Templates, as_html

PARTS = {
    "page": "{% from 'parts' import said %}<p title=\"{{ _('Close') }}\">{{ said(name) }}</p>{% include 'more' %}",
    "parts": "{% macro said(name) %}{{ _('Assigned to %(name)s', name=name) }}, {{ pgettext('a view', 'Closed') }}{% endmacro %}",
    "more": "{% for one in many %}{{ loop.index }}{{ one or _('Nobody') }}{{ key('reply') }}{% endfor %}{{ name }}",
    "own": "{% macro key(what) %}[{{ what }}]{% endmacro %}{{ key('reply') }}",
}


@pytest.fixture
def templates() -> Templates:
    made = jinja.environment(autoescape=True)
    made.loader = DictLoader(PARTS)
    return made


def test_each_language_has_its_words_whoever_asked_first(templates: Templates) -> None:
    written = {}
    for language in ("en", "de", "en"):
        with translation.override(language):
            written[language] = templates.get_template("page").render(name="<Ada>", many=["A&B", ""])
    assert written == {
        "en": '<p title="Close">Assigned to &lt;Ada&gt;, Closed</p>1A&amp;Br2Nobodyr&lt;Ada&gt;',
        "de": '<p title="Schließen">Zugewiesen an &lt;Ada&gt;, Geschlossen</p>1A&amp;Br2Niemandr&lt;Ada&gt;',
    }


def test_a_name_of_the_templates_own_keeps_its_meaning(templates: Templates) -> None:
    assert templates.get_template("own").render() == "[reply]"


@pytest.mark.parametrize(
    "value",
    ["<a href='x'>\"&\"</a>", "", 7, None, Markup("<b>&</b>"), Undefined(), ["<"], translation.gettext_lazy("<")],
)
def test_a_place_shows_what_escape_gives(value: object) -> None:
    assert as_html(value) == escape(value)
