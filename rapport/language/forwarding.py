"""Told by its subject: whether a mail passes another one on. Outlook marks forwards nowhere else."""

from __future__ import annotations

from rapport.language.phrases import phrase_set
from rapport.language.text_lines import fold

# What programs put in front of the subject of a forwarded mail, without the colon.
_PREFIXES: frozenset[str] = phrase_set(
    "fw | fwd | forwarded | wg | weitergeleitet | tr | transféré | rv | reenviado | i | inoltrato | enc | encaminhado",
    "doorst | vb | vidarebefordrat | vl | välitetty | pd | przekazane | fs | přep | továbbítás | továbbított | tov",
    "ilt | i̇lt | ynl | πρθ | προωθ | redirecționat | rwd | пересл | пересылка | переслано | пер | препр | prosl",
    "转发 | 轉寄 | 转寄 | 転送 | 전달 | העב | הועבר | إعادة توجيه | نقل | đã chuyển tiếp | chuyển tiếp | ctt",
)
# Danish and Norwegian for "forwarded", Finnish for "answer": the mail's own block of headers tells them apart.
_AMBIGUOUS = "vs"
_NORDIC_FROM = ("\nfra:", "\n*fra:*", "\nfra :")


def is_forward_subject(subject: str, text: str = "") -> bool:
    """Whether the first prefix of a subject says "forwarded" in some language; `text` decides where two differ."""
    head, colon, _ = subject[:60].replace("：", ":").partition(":")
    if not colon:
        return False
    word = fold(head.strip(" []()"))
    if word == _AMBIGUOUS:
        return any(line in f"\n{text[:100_000]}".casefold() for line in _NORDIC_FROM)
    return word in _PREFIXES
