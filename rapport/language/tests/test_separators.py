"""How header blocks, drawn separators and forward markers are recognised."""

from __future__ import annotations

import pytest

from rapport.language.html_splitting import split_html
from rapport.language.phrases import FORWARDED, ORIGINAL_MESSAGE
from rapport.language.splitting import split_reply
from rapport.language.tests.samples import BLOCKS


@pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS.keys())
def test_all_below_a_separator_is_older(block: str) -> None:
    split = split_reply(f"Twelve, please.\n\n{block}\n\nHow many would you like?\n")
    assert split.reply == "Twelve, please."
    assert split.quoted.endswith("How many would you like?")


@pytest.mark.parametrize("phrase", sorted(ORIGINAL_MESSAGE))
def test_the_words_for_original_message_between_dashes_cut(phrase: str) -> None:
    assert split_reply(f"Yes.\n\n-----{phrase.title()}-----\n\nOld.").reply == "Yes."


@pytest.mark.parametrize("phrase", sorted(FORWARDED))
def test_forwarded_text_is_embedded_and_still_shown(phrase: str) -> None:
    split = split_reply(f"Please see below.\n\n---------- {phrase} ----------\nFrom: ada@example.org\n\nHello")
    assert split.embedded == f"---------- {phrase} ----------\nFrom: ada@example.org\n\nHello"
    assert split.reply == f"Please see below.\n\n{split.embedded}"


def test_a_mail_with_only_a_forward_shows_the_forward() -> None:
    text = "Begin forwarded message:\n\n> From: Ada <ada@example.org>\n> Subject: Roses\n>\n> Hello"
    split = split_reply(text)
    assert (split.reply, split.embedded, split.quoted) == (text, text, "")


def test_a_forward_inside_the_quote_is_not_embedded() -> None:
    split = split_reply("Yes.\n\n-----Original Message-----\n\nFYI\n\n---------- Forwarded message ----------\nOld")
    assert (split.reply, split.embedded) == ("Yes.", "")


def test_a_mail_that_starts_with_headers_shows_its_text() -> None:
    split = split_reply("From: Ada <ada@example.org>\nSent: 15 January 2024 10:30\nSubject: Roses\n\nTwelve, please.")
    assert split.reply.endswith("Twelve, please.")


def test_a_quote_below_leading_headers_is_still_cut() -> None:
    head = "From: Ada <ada@example.org>\nSent: 15 January 2024 10:30\nSubject: Roses"
    split = split_reply(f"{head}\n\nTwelve.\n\nOn 14 Jan 2024, at 9:00, Bob <bob@example.org> wrote:\n> How many?")
    assert split.reply == f"{head}\n\nTwelve."


def test_a_travel_plan_is_no_mail_header() -> None:
    text = "From: Paris\nTo: London\nDate: 3 May 2025\n\nIs that train running?"
    assert split_reply(text).reply == text


def test_an_unknown_language_between_dashes_counts_above_a_header_block() -> None:
    split = split_reply("Yes.\n\n----- Nachsendung Eins -----\nFrom: Ada <ada@example.org>\nDate: 15.1.2024\n\nOld")
    assert split.reply == "Yes."


def test_feedback_between_dashes_is_text() -> None:
    text = "Below, please.\n\n------- Enter Feedback Below -------\n\nAll was fine, thank you for asking."
    assert split_reply(text).reply == text


def test_novells_attribution_is_no_marked_quote() -> None:
    split = split_reply("Twelve.\n\n>>> Ada Bell <ada@example.org> 15.01.2024 10:30 >>>\nHow many?")
    assert (split.reply, split.quoted.splitlines()[-1]) == ("Twelve.", "How many?")


def test_blank_lines_between_headers_do_not_end_the_block() -> None:
    split = split_reply("Yes.\n\nFrom: Ada <ada@example.org>\n\nSent: 15 January 2024 10:30\n\nTo: Bob\n\nOld")
    assert split.reply == "Yes."


UNKNOWN = "Igen.\n\n{above}\nNardo: Bo <bo@example.org>\nVelit: 2026.03.02. 10:30\nKaum: Ana <ana@fleur.example>\nSolva: Vase\n\nOld words."


def test_headers_in_an_unknown_language_count_below_a_drawn_line_only():
    for above in ("________________________________", "----- Nardova -----"):
        assert split_reply(UNKNOWN.format(above=above)).reply == "Igen."
    assert "Old words." in split_reply(UNKNOWN.format(above="")).reply


def test_outlooks_line_above_the_older_mail_is_a_drawn_line():
    html = (
        "<p>Igen.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Nardo:</b> Bo &lt;bo@example.org&gt;<br>"
        "<b>Velit:</b> 2026.03.02. 10:30<br><b>Kaum:</b> Ana<br><b>Solva:</b> Vase</p></div><p>Old words.</p>"
    )
    assert split_html(html).reply == "Igen."


def test_a_journey_above_the_older_mails_headers_is_the_writers_own() -> None:
    words = "Please book:\n\nFrom: Paris\nTo: London\nDate: 3 May\n\nTwo seats."
    older = "Von: Bo <bo@example.org>\nGesendet: Mo. 2. März 2026 10:00\nAn: Ana\nBetreff: Vase\n\nOld words."
    assert split_reply(f"{words}\n\n{older}").reply == words


STACKED = 'Yes.\n\nBo <bo@example.org>\n{when}\n\nTo\n"Ana" <ana@fleur.example>\ncc\n\n{what}\nVase\n\n\nOld words.'


def test_headers_above_what_they_name_are_found_by_who_when_to_and_subject() -> None:
    assert split_reply(STACKED.format(when="02.03.2026 10:30", what="Subject")).reply == "Yes."
    assert "Old words." in split_reply(STACKED.format(when="our new man", what="Subject")).reply
    assert "Old words." in split_reply(STACKED.format(when="02.03.2026 10:30", what="Colour")).reply


@pytest.mark.parametrize(
    "order", [("Phone: 1", "Date: 2 March 2026 10:30"), ("Date: 2 March 2026 10:30", "Message: Broken.")]
)
def test_what_a_contact_form_sends_is_no_older_mail(order) -> None:
    text = "A visitor wrote:\n\nFrom: Bo <bo@example.org>\n" + "\n".join(order)
    assert split_reply(text).reply == text
    older = "From: Bo <bo@example.org>\nDate: 2 March 2026 10:30\nTo: Ana\nMessage: no header, and text without a line between"
    assert split_reply(f"Yes.\n\n{older}").reply == "Yes."


def test_the_box_around_a_signature_stays_closed() -> None:
    box = "━━━━━━━━\nBo Bell\nbo@example.org\n━━━━━━━━"
    split = split_reply(f"はい。\n\n{box}\n\n-----Original Message-----\nFrom: Ana <ana@fleur.example>\n\nOld")
    assert (split.reply, split.signature) == ("はい。", box)


@pytest.mark.parametrize(
    "mark",
    [
        "--- Reply above this line to respond ---",
        "== Bitte nur oberhalb dieser Linie antworten ==",
        "-- 请在此行上方回复 --",
    ],
)
def test_a_help_desks_mark_is_found_by_its_drawn_signs(mark) -> None:
    assert split_reply(f"Yes.\n\n{mark}\n\nOld").reply == "Yes."
    assert split_reply("Yes.\n\nNever write above this line to anybody.\n\nBo").reply.startswith("Yes.\n\nNever")
