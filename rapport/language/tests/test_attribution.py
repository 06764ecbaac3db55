"""How the lines that introduce a quote are recognised, client by client and language by language."""

from __future__ import annotations

import pytest

from rapport.language.splitting import split_reply
from rapport.language.tests.samples import ATTRIBUTIONS, MARKED


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_an_attribution_cuts_an_unmarked_quote(attribution: str) -> None:
    split = split_reply(f"Twelve red roses, please.\n\n{attribution}\n\nHow many would you like?\n")
    assert split.reply == "Twelve red roses, please."
    assert split.quoted.startswith(attribution)


@pytest.mark.parametrize("attribution", ATTRIBUTIONS.values(), ids=ATTRIBUTIONS.keys())
def test_an_attribution_goes_with_its_marked_quote(attribution: str) -> None:
    split = split_reply(f"Twelve red roses, please.\n\n{attribution}\n> How many would you like?\n")
    assert (split.reply, split.quoted) == ("Twelve red roses, please.", f"{attribution}\n> How many would you like?")


@pytest.mark.parametrize("quote", MARKED.values(), ids=MARKED.keys())
def test_a_looser_introduction_counts_above_a_marked_quote(quote: str) -> None:
    assert split_reply(f"Twelve, please.\n\n{quote}\n").reply == "Twelve, please."


def test_an_attribution_right_below_the_reply_needs_no_blank_line() -> None:
    split = split_reply("Twelve.\nOn 15 Jan 2024, at 10:30, Ada <ada@example.org> wrote:\n> How many?")
    assert split.reply == "Twelve."


def test_an_attribution_that_shares_a_line_with_the_reply_is_cut_inside_it() -> None:
    split = split_reply("Twelve. On Mon, Jan 15, 2024 at 10:30 AM, ada@example.org wrote:\n> How many?")
    assert split.reply == "Twelve."


def test_a_line_that_only_starts_like_an_attribution_stays() -> None:
    text = "On Monday we are closed.\nOn 15 Jan 2024, at 10:30, your courier rang."
    assert split_reply(text).reply == text


def test_two_openings_in_a_row_cut_at_the_real_one() -> None:
    split = split_reply("On Thursday 5 May it rained\n\nOn 6 May 2024, at 9:00, Ada\n<ada@example.org>\nwrote:\n\n> Hi")
    assert split.reply == "On Thursday 5 May it rained"


def test_an_attribution_wrapped_into_its_address_is_joined() -> None:
    split = split_reply("Yes.\n\ntir. 18. apr. 2017 kl. 13:09 skrev Ada <ada@example.org\n>:\n\n> Hi")
    assert split.reply == "Yes."


@pytest.mark.parametrize(
    "wrapped",
    [
        "Fleur Flowers <hello@fleur.example>, 25 May 2026 Pzt, 03:12 tarihinde\nşunu yazdı:",
        "pet, 29. svi 2026. u 03:45 Fleur Flowers <hello@fleur.example>\nnapisao je:",
        '15.01.2024, 10:30,\n"Fleur" <hello@fleur.example>:',
    ],
)
def test_an_attribution_without_an_opening_word_may_be_wrapped(wrapped: str) -> None:
    assert split_reply(f"Yes.\n\n{wrapped}\n\nHow many?").reply == "Yes."


def test_a_sentence_that_names_a_person_and_a_time_is_no_attribution() -> None:
    text = "We met Ada <ada@example.org> on 25 May 2026 at 10:30.\nShe asked for:\n\n- twelve roses"
    assert split_reply(text).reply == text


def test_an_unknown_verb_introduces_only_a_marked_quote() -> None:
    text = "Yes.\n\n2026-05-25 10:30 Ada <ada@example.org> pulvis:\n\n{}How many?"
    assert split_reply(text.format("> ")).reply == "Yes."
    assert split_reply(text.format("")).reply == text.format("")


def test_who_and_when_above_a_marked_quote_introduce_it_in_any_language():
    line = "Երկ, 2 մրտ, 2026 թ.-ին, ժամը 10:15-ին Bo <bo@example.org>-ը գրել է՝"
    assert split_reply(f"Այո։\n\n{line}\n\n> Հին").reply == "Այո։"
    assert split_reply(f"Այո։\n\n{line}\n\nՆոր").reply.endswith("Նոր")


@pytest.mark.parametrize(
    "wrapped",
    [
        "Bo Bell <bo@example.org> schrieb am\nDi., 4. Aug. 2026, 09:14:",
        "Bo Bell <bo@example.org> şunları yazdı\n(4 Ağu 2026 09:14):",
        "ב-4 באוג׳ 2026, בשעה 9:14, Bo\n<bo@example.org> כתב/ה:",
    ],
)
def test_an_attribution_wrapped_behind_the_writer_is_joined(wrapped):
    assert split_reply(f"Yes.\n\n{wrapped}\n\nOld").reply == "Yes."


def test_a_turkish_capital_begins_the_same_words():
    split = split_reply("Geldi.\n\nİyi günler,\nElif\n\n-----Orijinal İleti-----\n\nEski")
    assert (split.reply, split.signature) == ("Geldi.", "İyi günler,\nElif")
