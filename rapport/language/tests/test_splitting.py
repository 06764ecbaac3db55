"""What is shown as the newest text, when parts are mixed or missing."""

from __future__ import annotations

from rapport.language.splitting import SplitReply, split_reply

INTRODUCTION = "On 15 Jan 2024, at 10:30, Ada <ada@example.org> wrote:"


def test_text_quoted_between_answers_is_kept() -> None:
    text = f"{INTRODUCTION}\n\n> Which colour?\n\nRed.\n\n> How many?\n\nTwelve."
    assert split_reply(text) == SplitReply(reply=text, quoted="", signature="", embedded="")


def test_answers_without_blank_lines_between_are_kept() -> None:
    split = split_reply("> Which colour?\nRed.\n> How many?\nTwelve.\n> Thanks")
    assert (split.reply, split.quoted) == ("> Which colour?\nRed.\n> How many?\nTwelve.", "> Thanks")


def test_a_greeting_above_the_quote_and_the_answer_below_are_shown_with_the_quote() -> None:
    text = f"Hi Ada,\n\n{INTRODUCTION}\n> How many?\n\nTwelve of the red ones."
    assert split_reply(text).reply == text


def test_an_answer_below_the_whole_quote_is_shown_alone() -> None:
    split = split_reply(f"{INTRODUCTION}\n\n> How many?\n\nTwelve.\n")
    assert (split.reply, split.quoted) == ("Twelve.", f"{INTRODUCTION}\n\n> How many?")


def test_a_quoted_line_that_lost_its_mark_in_wrapping_is_no_answer() -> None:
    long = "> this line is long enough that some server on the way has wrapped it at\nthe end"
    assert split_reply(f"Yes.\n\n{INTRODUCTION}\n{long}\n> and went on").reply == "Yes."


def test_a_mail_that_is_all_quote_is_shown_whole() -> None:
    text = f"{INTRODUCTION}\n\n> How many?"
    assert split_reply(text) == SplitReply(reply=text, quoted="", signature="", embedded="")


def test_the_writers_own_citation_above_the_quote_is_kept() -> None:
    split = split_reply(f"You said:\n\n> red\n\n{INTRODUCTION}\n\nHow many?")
    assert split.reply.startswith("You said:")


def test_marks_inside_a_text_are_no_quote() -> None:
    text = "Visit us now\n>>> >>>  https://example.org <<<\nby the link above"
    assert split_reply(text).reply == text


def test_windows_line_ends_and_invisible_marks_do_not_hide_an_attribution() -> None:
    split = split_reply(
        "Yes.\r\n\r\n\u200eOn 15 Jan 2024, at 10:30\u202fAM, Ada <ada@example.org> wrote:\r\n\r\n> Hi\r\n"
    )
    assert split.reply == "Yes."


def test_no_text_gives_empty_parts() -> None:
    assert split_reply(" \n\n\t\n") == SplitReply(reply="", quoted="", signature="", embedded="")
