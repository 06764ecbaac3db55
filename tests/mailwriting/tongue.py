"""What a language brings to a mail: dates, attributions, labels, closings, and something to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Tongue:
    """Phrases as the mail programs' own translations have them.

    Attributions are formats: {name}, {mail}, and of the date {d} {dd} {m} {mm} {mon} {month} {wd} {wday} {y} {yy} {h}
    {h12} {min} {ampm}. `labels` are From, Sent, To, Subject; `date_label` stands for Sent in programs that say Date.
    """

    code: str
    months: str  # short, twelve words
    weekdays: str  # short, from Monday, seven words
    gmail: str
    apple: str
    thunderbird: str
    labels: str
    date_label: str
    original: str
    apple_forward: str
    thunderbird_forward: str
    iphone: str
    outlook_app: str
    hello: str
    closing: str
    sentences: tuple[str, ...]
    long_date: str = "{wd}, {d}. {mon} {y} {h}:{min}"
    samsung: str = ""

    def attribution(self, form: str, *, name: str, mail: str, at: datetime) -> str:
        """A form filled in."""
        return form.format(name=name, mail=mail, **self.date_words(at))

    def date_words(self, at: datetime) -> dict[str, str]:
        """The pieces of a date as this language writes them."""
        return {
            "d": str(at.day),
            "dd": f"{at.day:02}",
            "m": str(at.month),
            "mm": f"{at.month:02}",
            "mon": self.months.split()[at.month - 1],
            "wd": self.weekdays.split()[at.weekday()],
            "y": str(at.year),
            "yy": f"{at.year % 100:02}",
            "h": f"{at.hour:02}",
            "h12": str(at.hour % 12 or 12),
            "min": f"{at.minute:02}",
            "ampm": "AM" if at.hour < 12 else "PM",
        }

    def written(self, at: datetime) -> str:
        """A date in a header block."""
        return self.long_date.format(**self.date_words(at))

    @property
    def header_names(self) -> tuple[str, str, str, str]:
        """From, Sent, To, Subject."""
        sender, sent, to, subject = self.labels.split(" | ")
        return sender, sent, to, subject
