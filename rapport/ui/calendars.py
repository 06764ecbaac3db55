"""Days and hours as each language writes them, short enough for a list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache

from django.utils.dates import MONTHS_3, WEEKDAYS_ABBR


@dataclass(frozen=True, slots=True)
class Calendar:
    """Names from Monday and from January on (the first month stands at 1), and patterns: a day of this year, of
    another year, the exact day, and a day in whole words. They may name weekday, day, month (its name), number (of the
    month) and year. `moment` puts the exact day and the hours together. `halves`: what the hours of each half of the day are followed by, where they are counted to 12."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str = "{day} {month}"
    dated: str = "{day} {month} {year}"
    exact: str = "{weekday} {day} {month} {year}"
    whole: str = "{weekday} {day} {month}"
    moment: str = "{day}, {clock}"
    halves: tuple[str, str] | None = None

    def clock(self, there: datetime | time) -> str:
        """`14:05`, or `2:05 PM`, which no line breaks."""
        if self.halves is None:
            return f"{there.hour:02}:{there.minute:02}"
        return f"{there.hour % 12 or 12}:{there.minute:02}\N{NO-BREAK SPACE}{self.halves[there.hour >= 12]}"


_GERMAN = Calendar(
    weekdays=tuple("Mo Di Mi Do Fr Sa So".split()),
    months=("", *"Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez.".split()),
    day="{day}. {month}",
    dated="{day}. {month} {year}",
    exact="{weekday} {day}. {month} {year}",
    whole="{weekday}, {day}. {month}",
)
_SPANISH = Calendar(
    weekdays=tuple("lun mar mié jue vie sáb dom".split()),
    months=("", *"ene feb mar abr may jun jul ago sept oct nov dic".split()),
    whole="{weekday}, {day} de {month}",
)
_FRENCH = Calendar(
    weekdays=tuple("lun. mar. mer. jeu. ven. sam. dim.".split()),
    months=("", *"janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc.".split()),
)
_CHINESE = Calendar(
    weekdays=tuple("周一 周二 周三 周四 周五 周六 周日".split()),
    months=("",) * 13,
    day="{number}月{day}日",
    dated="{year}年{number}月{day}日",
    exact="{year}年{number}月{day}日 {weekday}",
    whole="{number}月{day}日 {weekday}",
    moment="{day} {clock}",
)
_AMERICAN = Calendar(
    weekdays=tuple("Mon Tue Wed Thu Fri Sat Sun".split()),
    months=("", *"Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()),
    day="{month} {day}",
    dated="{month} {day}, {year}",
    exact="{weekday}, {month} {day}, {year}",
    whole="{weekday}, {month} {day}",
    halves=("AM", "PM"),
)
_WRITTEN = {"en-us": _AMERICAN, "de": _GERMAN, "es": _SPANISH, "fr": _FRENCH, "zh-hans": _CHINESE}


@lru_cache
def calendar(language: str) -> Calendar:
    """That of a language; what is not written here takes Django's names, for the language that is active."""
    written = _WRITTEN.get(language)
    if written is not None:
        return written
    names = ("", *(str(name).capitalize() for name in MONTHS_3.values()))
    return Calendar(tuple(map(str, WEEKDAYS_ABBR.values())), names)
