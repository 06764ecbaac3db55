"""What programs put in front of a subject, and the subject without it."""

from __future__ import annotations

import re

from rapport.language.phrases import phrase_set

_ANSWERS: frozenset[str] = phrase_set(
    "re | aw | antwort | antw | sv | vs | svar | odp | r | rif | res | ref | resp | ynt | yan | vá | válasz | vál | ад | відп",
    "отв | ответ | atb | ats | απ | σχετ | ré | réf | hs | bls | 回复 | 答复 | 回覆 | 返信 | 답장 | 회신 | השב | תשובה | رد | hồi đáp | trả lời",
)
_NUMBERED = re.compile(r"\[\d{1,3}\]$|\(\d{1,3}\)$|\^\d{1,3}$")
_MAX_PREFIXES = 10


def bare_subject(subject: str) -> tuple[str, bool]:
    """The subject without what says "answer" in front, case-folded, and whether there was any."""
    rest, answered = " ".join(subject.replace("：", ":").split()), False
    for _ in range(_MAX_PREFIXES):
        head, colon, tail = rest.partition(":")
        if not colon or _NUMBERED.sub("", head.strip()).strip().casefold() not in _ANSWERS:
            break
        rest, answered = tail.strip(), True
    return rest.casefold(), answered
