"""What holds for every text: nothing raised, nothing lost, nothing slow."""

from __future__ import annotations

import time
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.language.html_splitting import split_html
from rapport.language.splitting import split_reply
from rapport.language.tests.samples import ATTRIBUTIONS, BLOCKS, MARKED, SIGNATURES

PIECES = [*ATTRIBUTIONS.values(), *BLOCKS.values(), *MARKED.values(), *(signature for _, signature in SIGNATURES)]
PIECES += ["", "> old", ">> older", "A sentence.", "- item", "--", "_____", "Begin forwarded message:", "\ufeff", "Ada"]
mails = st.one_of(st.text(), st.lists(st.sampled_from(PIECES) | st.text(max_size=20), max_size=12).map("\n".join))

PUMPS = [
    "a",
    ">",
    "> ",
    ">\n",
    "\n",
    "-",
    "--\n",
    "- a\n",
    "On 1\n",
    "1:11\n",
    "On 2011,\nx\n",
    "From: a@b\nx\n",
    "<a@\n",
]
PUMPS += ["wrote:\n", "x@y wrote:\n", "Regards,\nBob\n", "Bob\n\n", "> a\nb\n> c\n", "____\nab\n", "(", "On 1 wrote: "]
PUMPS += ["From: Subject: ", "Sent from my iPhone\n\n", "Date: To: a@b\n", "\u200b", "2020 a@b.c\n", "Disclaimer\n\n"]
HTML_PUMPS = [
    "<",
    "<a",
    "<!--",
    "<div>",
    "<blockquote>",
    "</div>",
    "<pre>\n",
    "&",
    "<br>x",
    "<div class=gmail_quote>",
    "<style>",
]


@given(mails)
def test_a_text_with_anything_to_read_gives_a_reply(text: str) -> None:
    split = split_reply(text)
    assert bool(split.reply.strip()) or not text.translate({0x200B: None, 0xFEFF: None}).strip()


@given(mails)
def test_no_word_is_lost(text: str) -> None:
    split = split_reply(text)
    shown = Counter(f"{split.reply}\n{split.quoted}\n{split.signature}".split())
    assert not Counter(text.split()) - shown


@given(mails)
def test_no_word_is_shown_twice_but_the_forwarded(text: str) -> None:
    split = split_reply(text)
    assert not Counter(f"{split.reply}\n{split.quoted}\n{split.signature}".split()) - Counter(text.split())
    assert split.reply.endswith(split.embedded) or split.signature


@given(mails)
def test_a_reply_split_again_never_becomes_empty(text: str) -> None:
    again = split_reply(split_reply(text).reply)
    assert bool(again.reply) == bool(split_reply(text).reply)


@given(st.text(alphabet="<>/!-='\" abdiv&#;\n", max_size=200))
def test_any_markup_is_walked(html: str) -> None:
    split_html(html)


@pytest.mark.parametrize("pump", PUMPS)
def test_a_megabyte_of_repetition_is_split_in_seconds(pump: str) -> None:
    started = time.process_time()
    split_reply(pump * (1_000_000 // len(pump)))
    assert time.process_time() - started < 2  # linear work takes a fifth of a second, quadratic takes minutes


@pytest.mark.parametrize("pump", HTML_PUMPS)
def test_a_megabyte_of_repeated_markup_is_split_in_seconds(pump: str) -> None:
    started = time.process_time()
    split_html(pump * (1_000_000 // len(pump)))
    assert time.process_time() - started < 4
