"""What is asked of many at once is asked once, and only for as long as they are worked on together."""

from __future__ import annotations

from collections.abc import Sequence

from rapport.rows.gathering import Gathered, once, together


class Asked:
    """A question whose answer is the square, if the number is even; it remembers how it was asked."""

    def __init__(self) -> None:
        self.times: list[list[int]] = []
        self.question: Gathered[int, int] = Gathered(self._read)

    def _read(self, keys: Sequence[int]) -> dict[int, int]:
        self.times.append(list(keys))
        return {key: key * key for key in keys if not key % 2}


def test_what_was_gathered_is_not_asked_again_not_even_where_there_was_no_answer() -> None:
    asked = Asked()
    with together():
        asked.question.gather([1, 2, 2, 4])
        asked.question.gather([4, 1])
        assert [asked.question.of(key) for key in (1, 2, 4, 6)] == [None, 4, 16, 36]
    assert asked.times == [[1, 2, 4], [6]]


def test_outside_everything_is_asked_anew() -> None:
    asked, times = Asked(), iter(range(5))
    with together():
        asked.question.gather([2])
        assert [once("time", lambda: next(times)) for _ in range(2)] == [0, 0]
    asked.question.gather([2])
    assert [asked.question.of(2), asked.question.of(2)] == [4, 4]
    assert asked.times == [[2], [2], [2]]
    assert [once("time", lambda: next(times)) for _ in range(2)] == [1, 2]


def test_one_within_another_remembers_with_it_and_is_told_of_changes() -> None:
    asked = Asked()
    with together():
        asked.question.gather([2])
        with together():
            asked.question.note(2, 5)
        assert asked.question.of(2) == 5
    assert asked.times == [[2]]
