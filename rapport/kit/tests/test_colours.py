"""Colours: what is read as one, and the figures of WCAG 2.2."""

from __future__ import annotations

import pytest

from rapport.kit import colours


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("#2A4D9E", "#2a4d9e"),
        (" ff00aa ", "#ff00aa"),
        ("#f0a", "#ff00aa"),
        ("", None),
        ("red", None),
        ("#12345", None),
        ("#1234567", None),
        ("#2a4d9e;}body{display:none", None),
        ("#2a4d9e\n}", None),
        ("url(//evil.example)", None),
        ("#１２３４５６", None),
    ],
)
def test_only_plain_hexadecimal_is_a_colour(written, read):
    assert colours.read(written) == read


# Figures published by the W3C and by WebAIM.
@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [
        ("#000000", "#ffffff", 21.0),
        ("#ffffff", "#000000", 21.0),
        ("#777777", "#777777", 1.0),
        ("#777777", "#ffffff", 4.48),
        ("#767676", "#ffffff", 4.54),
        ("#ff0000", "#ffffff", 4.0),
        ("#0000ff", "#ffffff", 8.59),
    ],
)
def test_contrast_is_that_of_the_guidelines(one, other, ratio):
    assert colours.contrast(one, other) == pytest.approx(ratio, abs=0.01)


def test_the_nearest_shade_is_the_first_that_passes():
    def passes(shade: str) -> bool:
        return colours.contrast(shade, "#ffffff") >= 4.5

    assert colours.nearest("#767676", towards="#000000", passes=passes) == "#767676"
    assert colours.nearest("#777777", towards="#000000", passes=passes) == "#767676"
    assert colours.nearest("#ffffff", towards="#ffffff", passes=passes) == "#ffffff"
