"""Names in braces are filled, and nothing else ever happens."""

from __future__ import annotations

import pytest

from rapport.kit import placeholders

VALUES = {
    "customer.first_name": "Carla",
    "conversation.number": "17",
    "evil": "<b>&{{agent.name}}",
    "agent.name": "Ana",
}


@pytest.mark.parametrize(
    ("template", "filled", "missing"),
    [
        ("Hello {{customer.first_name}}, #{{ conversation.number }}.", "Hello Carla, #17.", ()),
        ("{{customer.first_name|there}} and {{customer.nickname|there}}", "Carla and there", ()),
        ("{{customer.nickname|}}!", "!", ()),
        ("{{order.number}} {{order.number}} {{x}}", "{{order.number}} {{order.number}} {{x}}", ("order.number", "x")),
        ("{{evil}}", "<b>&{{agent.name}}", ()),
        ("{ {agent.name} } {{Agent.Name}} {{a..b}} {{}} {{{agent.name}}}", None, ()),
        ("", "", ()),
    ],
)
def test_what_has_a_value_is_filled_and_the_rest_stays(template, filled, missing):
    found = placeholders.fill(template, VALUES)
    expected = filled if filled is not None else template.replace("{{{agent.name}}}", "{Ana}")
    assert (found.text, found.missing) == (expected, missing)


def test_values_in_html_stay_text():
    found = placeholders.fill_html('<a href="https://a.example/{{evil}}">{{evil}}</a>', VALUES | {"evil": '"><script>'})
    assert found.text == '<a href="https://a.example/&quot;&gt;&lt;script&gt;">&quot;&gt;&lt;script&gt;</a>'


@pytest.mark.parametrize(
    "payload",
    [
        "{{7*7}}",
        "{{ ''.__class__.__mro__ }}",
        "{{agent.__class__}}",
        "{% for x in y %}{% endfor %}",
        "{0.__init__}",
        "%(agent.name)s",
        "${agent.name}",
        "#{agent.name}",
        "<%= agent.name %>",
        "{{agent.name.upper()}}",
        "{{agent.name|safe|upper}}",
        "{{agent['name']}}",
        "{{#if agent}}x{{/if}}",
        "{{>partial}}",
        "{{config}}",
    ],
)
def test_templates_of_other_engines_print_themselves(payload):
    assert placeholders.fill(payload, VALUES).text == payload


def test_the_names_of_a_text_are_known():
    assert placeholders.names("{{a}} {{b.c|d}} {{a}} {x}") == ("a", "b.c")
