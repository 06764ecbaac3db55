"""Where a signature begins, and where it only seems to."""

from __future__ import annotations

import pytest

from rapport.language.signature_phrases import CLOSINGS
from rapport.language.splitting import split_reply
from rapport.language.tests.samples import PLAIN_TEXTS, SIGNATURES

QUOTE = "On Mon, Jan 15, 2024 at 10:30 AM Ada Bell <ada@example.org> wrote:\n\n> How many?"


@pytest.mark.parametrize(("text", "signature"), SIGNATURES)
def test_a_signature_is_set_apart(text: str, signature: str) -> None:
    split = split_reply(f"{text}\n\n{signature}")
    assert (split.reply, split.signature) == (text, signature)


@pytest.mark.parametrize(("text", "signature"), SIGNATURES)
def test_a_signature_above_the_quote_is_set_apart(text: str, signature: str) -> None:
    split = split_reply(f"{text}\n\n{signature}\n\n{QUOTE}")
    assert (split.reply, split.signature, split.quoted) == (text, signature, QUOTE)


@pytest.mark.parametrize("closing", sorted(CLOSINGS))
def test_every_closing_opens_a_signature(closing: str) -> None:
    assert split_reply(f"All is well here.\n\n{closing.capitalize()},\nAda").reply == "All is well here."


@pytest.mark.parametrize("text", PLAIN_TEXTS)
def test_text_that_only_looks_like_quote_or_signature_stays_whole(text: str) -> None:
    split = split_reply(text)
    assert (split.reply, split.quoted, split.signature, split.embedded) == (text, "", "", "")


@pytest.mark.parametrize("text", [text for text in PLAIN_TEXTS if text != "Regards" and not text.startswith(">")])
def test_the_same_text_below_other_text_stays_as_well(text: str) -> None:
    whole = f"Hello there,\n\nplease read this.\n\n{text}"
    assert split_reply(whole).reply == whole


def test_a_signature_below_the_quote_is_found_and_the_quote_still_hidden() -> None:
    split = split_reply(f"Twelve.\n\n{QUOTE}\n\n-- \nBob\nFlorist")
    assert (split.reply, split.quoted, split.signature) == ("Twelve.", QUOTE, "-- \nBob\nFlorist")


def test_a_reply_that_is_only_a_signature_shows_the_signature() -> None:
    assert split_reply(f"-- \nBob\n\n{QUOTE}").reply == "-- \nBob"


def test_a_postscript_keeps_the_closing_in_the_reply() -> None:
    text = "Twelve.\n\nBest regards,\nBob\n\nPS: please call me when you have them."
    assert split_reply(text).reply == text


def test_thanks_alone_are_an_answer() -> None:
    assert split_reply("I hope you can check it.\n\nThanks!").signature == ""


def test_a_device_line_ends_what_was_written_even_without_a_marked_quote() -> None:
    split = split_reply("Twelve.\n\nSent from my iPhone\n\nHow many would you like to have, dear Bob?")
    assert (split.reply, split.signature) == ("Twelve.", "Sent from my iPhone")
    assert split.quoted == "How many would you like to have, dear Bob?"


@pytest.mark.parametrize("postscript", ["PS the order is 4711", "P.S.: I love it", "NB: twelve"])
def test_a_postscript_below_a_device_line_is_the_writers(postscript: str) -> None:
    text = f"Twelve.\n\nSent from my iPhone\n\n{postscript}"
    assert split_reply(text).reply == text


def test_a_sentence_that_starts_like_a_device_line_stays() -> None:
    text = "Here is another.\n\nSent from my desk, is much easier than my mobile phone."
    assert split_reply(text).reply == text


def test_the_footer_of_a_mailing_list_goes_with_the_quote_above_it() -> None:
    footer = "_______________\nflorists mailing list\nflorists@example.org"
    assert split_reply(f"Twelve.\n\n{QUOTE}\n\n{footer}").quoted.endswith(footer)
