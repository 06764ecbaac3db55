"""Splitting by the containers and quotes of HTML mail."""

from __future__ import annotations

from rapport.language.html_splitting import split_html

GMAIL = (
    '<div dir="ltr">Ja gerne.<div><br></div><div>LG Ada</div></div><br><div class="gmail_quote"><div class="gmail_attr">'
    "Am Mo., 15. Jan. 2024 um 10:30&nbsp;Uhr schrieb Bob &lt;<a>b@example.org</a>&gt;:<br></div>"
    '<blockquote class="gmail_quote"><div>alt</div></blockquote></div>'
)
OUTLOOK = (
    "<html><head><style>p {margin:0}</style></head><body><p class=MsoNormal>Ja gerne.<o:p></o:p></p><div><p><b>Von:</b>"
    " Bob &lt;b@example.org&gt;<br><b>Gesendet:</b> Montag, 15. Januar 2024 10:30<br><b>An:</b> Ada<br>"
    "<b>Betreff:</b> Frage</p></div><p>alt</p></body></html>"
)


def test_gmails_quote_is_cut_and_the_signature_found() -> None:
    split = split_html(GMAIL)
    assert (split.reply, split.signature) == ("Ja gerne.", "LG Ada")
    assert split.quoted.endswith("alt")


def test_outlooks_header_block_is_cut_and_styles_are_not_text() -> None:
    split = split_html(OUTLOOK)
    assert (split.reply, split.quoted.splitlines()[0]) == ("Ja gerne.", "Von: Bob <b@example.org>")


def test_a_container_without_any_words_of_introduction_is_cut() -> None:
    assert split_html('<p>Yes.</p><div class="yahoo_quoted"><div>Vieux texte</div></div>').reply == "Yes."


def test_a_forward_in_a_quote_container_is_shown() -> None:
    html = '<div class="yahoo_quoted">----- Forwarded Message -----<br>From: ada@example.org<br><br>Hello</div>'
    split = split_html(html)
    assert "Hello" in split.reply
    assert split.embedded == split.reply


def test_answers_between_block_quotes_are_kept() -> None:
    split = split_html("<blockquote>Which?</blockquote><p>Red.</p><blockquote>How many?</blockquote><p>Twelve.</p>")
    assert [line for line in split.reply.split("\n") if line] == ["Which?", "Red.", "How many?", "Twelve."]


def test_a_citation_by_gmails_quote_button_is_the_writers() -> None:
    assert split_html('You said<blockquote class="gmail_quote">red</blockquote>').reply == "You said\nred"


def test_preformatted_text_keeps_its_lines() -> None:
    assert split_html("<pre>one\n  two</pre>").reply == "one\n  two"


def test_broken_markup_still_shows_its_text() -> None:
    assert split_html("</div><p>Hello <b>you<div>there").reply == "Hello you\nthere"


def test_a_container_told_by_its_name_is_cut() -> None:
    html = '<div name="messageBodySection">Yes.</div><div name="messageReplySection"><p>2/3/26 Bo</p><p>Old</p></div>'
    assert split_html(html).reply == "Yes."
