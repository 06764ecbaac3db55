"""A mail that is passed on is told from its introduction."""

from __future__ import annotations

import pytest

from rapport.language.forwarding import is_forward_subject
from rapport.language.html_splitting import split_html
from rapport.language.splitting import split_reply

OUTLOOK = "Please look.\n\nKind regards\nAna\n\nVon: Bo <bo@example.org>\nGesendet: Mo. 2. März 2026 10:00\nAn: Ana\nBetreff: Vase\n\nKaputt."


@pytest.mark.parametrize("subject", ["Fwd: Vase", "WG: Vase", "TR : Vase", "转发：花瓶", "[FW: Vase", "i̇lt: Vazo"])
def test_a_forward_says_so_in_its_subject(subject):
    assert is_forward_subject(subject)


@pytest.mark.parametrize(
    "subject", ["Re: Fwd: Vase", "Vase", "", "Order 7: forward", "AW: WG: Vase", "Forward planning: 3"]
)
def test_an_answer_to_a_forward_is_none(subject):
    assert not is_forward_subject(subject)


def test_where_two_languages_differ_the_mails_own_headers_decide():
    assert is_forward_subject("VS: Vase", "Se nedenfor.\n\nFra: Bo <bo@example.org>\nSendt: 2. mars 2026 10:00")
    assert not is_forward_subject("VS: Maljakko", "Kiitos.\n\nLähettäjä: Bo <bo@example.org>")


def test_a_mail_under_its_headers_is_forwarded_only_where_the_subject_says_so():
    forwarded, answered = split_reply(OUTLOOK, forwarding=True), split_reply(OUTLOOK)
    assert forwarded.embedded.startswith("Von: Bo")
    assert forwarded.reply.startswith("Please look.")
    assert (answered.reply, answered.embedded) == ("Please look.", "")


def test_a_line_that_announces_a_forward_belongs_to_it_in_any_language():
    text = "Bitte ansehen.\n\nPasirinktas laiškas:\n\nFrom: Bo <bo@example.org>\nDate: 2 March 2026\nTo: Ana\nSubject: Vase\n\nBroken."
    assert split_reply(text, forwarding=True).embedded.startswith("Pasirinktas laiškas:")


def test_a_forward_inside_a_quote_of_html_is_no_quote():
    html = (
        "<div>Please look.</div><blockquote type=cite><div>Początek wiadomości:</div><div><b>Od: </b>Bo &lt;bo@example.org&gt;"
        "</div><div><b>Temat: </b>Wazon</div><div><b>Data: </b>2 mar 2026</div><div>Rozbity.</div></blockquote>"
    )
    split = split_html(html, forwarding=True)
    assert split.reply.startswith("Please look.")
    assert "Rozbity." in split.embedded
    assert "Rozbity." not in split_html(html).reply


HEADERS = "Saatja: Bo <bo@example.org>\nTeema: Vaas\nKuupäev: 2. märts 2026, 10:30\nSaaja: Ana <ana@fleur.example>"


def quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.split("\n"))


@pytest.mark.parametrize("said", ["Edastatud kiri:", "---------- Forwarded message ----------"])
def test_a_marked_quote_that_says_it_is_forwarded_is_a_forward(said):
    forward = quoted(f"{said}\n\n{HEADERS}\n\nKatki.")
    split = split_reply(f"Palun vaata.\n\n{forward}")
    assert (split.reply, split.embedded) == (f"Palun vaata.\n\n{forward}", forward)
    assert split_reply(f"Jah.\n\nOn 2 March 2026, at 10:30, Bo <bo@example.org> wrote:\n\n{forward}").reply == "Jah."


@pytest.mark.parametrize("head", ["", "----- Original Message -----\n"])
def test_marked_headers_are_forwarded_only_where_the_subject_says_so(head):
    forward = quoted(f"{head}{HEADERS}\n\nKatki.")
    assert split_reply(f"Palun vaata.\n\n{forward}", forwarding=True).embedded == forward
    assert split_reply(f"Jah.\n\n{forward}").reply == "Jah."


def test_a_forward_introduced_like_an_answer_is_told_by_the_subject():
    forward = 'On 02/03/2026 10:30, "Bo" <bo@example.org> wrote:\n\n    Broken.'
    assert split_reply(f"Please look.\n\n{forward}", forwarding=True).embedded == forward
    assert split_reply(f"Sorry!\n\n{forward}").reply == "Sorry!"


def test_a_forward_whose_line_breaks_were_lost_is_found():
    forward = (
        "   ----- Forwarded Message ----- From: Bo <bo@example.org>To: Ana <ana@fleur.example>Sent: Monday\n Broken."
    )
    assert split_reply(f"Please look.\n\n{forward}").embedded == forward
    older = "-------- Ursprüngliche Nachricht --------Von: Bo Datum: 02.03.26 10:30 An: Betreff: Vase\n\nKaputt."
    assert split_reply(f"Danke.\n{older}").reply == "Danke."
