"""What a reader noted of a message, in the words of whoever looks at it.

Readers know neither Django nor languages: their notes are plain English, kept with the message and told by `inspect`.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

# What the note says, with a place for what varies in it, and what people are told of it.
_TOLD = (
    ("the message is longer than {} bytes: the rest was not read", noop("The message is longer than %s bytes. The rest was not read; the original holds all of it.")),
    ("more than {} bytes of text: the rest was not read", noop("It has more than %s bytes of text. The rest was not read; the original holds all of it.")),
    ("more than {} bytes of files: the rest was not unpacked", noop("It has more than %s bytes of files. The rest was not unpacked; the original holds all of it.")),
    ("more than {} headers: the rest was not read", noop("It has more than %s headers. The rest was not read.")),
    ("a header longer than {} bytes was cut", noop("A header longer than %s bytes was cut.")),
    ("more than {} parts: the rest was not read", noop("It has more than %s parts. The rest was not read; the original holds all of it.")),
    ("parts nested deeper than {}: what lies below was not read", noop("Its parts are nested deeper than %s. What lies below was not read; the original holds all of it.")),
    ("the structure could not be read ({})", noop("Its structure could not be read (%s). Open the original in a mail program.")),
    ("{} could not be read whole ({})", noop("Part of it could not be read (%s: %s). Open the original in a mail program.")),
    ("an Outlook file that is damaged: it is kept as an attachment", noop("This is a damaged Outlook file; it is attached as it came.")),
    ("a file of Microsoft Office, not a mail: it is kept as an attachment", noop("This is a file of Microsoft Office and no mail; it is attached as it came.")),
    ("the sender cannot be told for certain", noop("The sender cannot be told for certain.")),
    ("the date could not be read", noop("The date could not be read.")),
    ("the message has no headers", noop("The message has no headers.")),
    ("a bounce that does not say for whom", noop("This report does not say which recipient it is about.")),
    ("a multipart without a boundary was read as text", noop("Its parts are not told apart by a boundary: all of it was read as text.")),
    ("a multipart without any part was read as text", noop("It announces parts and has none: all of it was read as text.")),
    ("the message is encrypted: only its envelope could be read", noop("The message is encrypted. Only its envelope could be read.")),
    ("one piece of a message that was sent in several: it is kept as a file", noop("This is one piece of a message that was sent in several; it is attached as a file.")),
    ("the message is encrypted (S/MIME): it is kept as a file that its key opens", noop("The message is encrypted (S/MIME). It is attached as a file that its key opens.")),
    ("an S/MIME part is kept as a file: its content was not read", noop("An S/MIME part is attached as a file; its content was not read.")),
    ("the message is signed (S/MIME); the signature was not checked", noop("The message is signed (S/MIME). The signature was not checked.")),
    ("a winmail.dat could not be read; it is kept as it is", noop("A winmail.dat could not be read; it is attached as it came.")),
    ("a winmail.dat could be read only in part: {}", noop("A winmail.dat could be read only in part (%s).")),
)  # fmt: skip


def in_words(note: str) -> str:
    """The note in the current language; as it stands where no reader of this version writes it."""
    for pattern, told in _patterns():
        if found := pattern.fullmatch(note):
            return _(told) % found.groups()
    return note


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(re.escape(note).replace(r"\{\}", "(.+)")), told) for note, told in _TOLD)
