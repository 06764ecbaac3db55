"""Subjects of answers, in many languages."""

from __future__ import annotations

import pytest

from rapport.language.subjects import bare_subject


@pytest.mark.parametrize(
    "subject",
    [
        "Re: Tulips",
        "RE:Tulips",
        "AW: tulips",
        "Sv: Re: Tulips",
        "Re[2]: Tulips",
        "Re (3): Tulips",
        "回复：Tulips",
        "Odp:  Tulips",
    ],
)
def test_an_answer_has_the_subject_of_its_question(subject: str) -> None:
    assert bare_subject(subject) == ("tulips", True)


@pytest.mark.parametrize("subject", ["Tulips", "Order: tulips", "Fwd: Tulips", "", "Re Tulips", "10:30 tulips"])
def test_other_words_before_a_colon_belong_to_the_subject(subject: str) -> None:
    assert bare_subject(subject) == (subject.casefold(), False)
