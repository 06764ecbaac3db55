"""What the parse child tells of an appointment is read in the reader's language; other words are left as they came."""

from __future__ import annotations

import pytest
from django.utils import translation

from rapport.channels import appointments
from rapport.channels.email.parsing.calendars import summary
from rapport.kit.text import preview

EVENT = """BEGIN:VCALENDAR
METHOD:{}
BEGIN:VEVENT
SUMMARY:Tulips: which?
DTSTART;TZID=Europe/Berlin:20261122T140500
DTEND;TZID=Europe/Berlin:20261122T150000
LOCATION:Shop
ATTENDEE;CN=Ana;PARTSTAT=ACCEPTED:mailto:ana@fleur.example
END:VEVENT
END:VCALENDAR"""


@pytest.mark.parametrize(
    ("method", "language", "told"),
    [
        ("REQUEST", "en", "Invitation: Tulips: which?\nWhen: 22 Nov 2026 14:05 – 15:00 Europe/Berlin\nWhere: Shop"),
        ("CANCEL", "de", "Abgesagt: Tulips: which?\nWann: 22. Nov. 2026 14:05 – 15:00 Europe/Berlin\nWo: Shop"),
        (
            "REPLY",
            "zh-hans",
            (
                "对邀请的答复：Tulips: which?\n时间：2026年11月22日 14:05 – 15:00 Europe/Berlin\n地点：Shop\n"
                "Ana <ana@fleur.example> 接受"
            ),
        ),
    ],
)
def test_an_appointment_is_told_in_the_readers_language(method, language, told):
    with translation.override(language):
        assert appointments.in_words(summary(EVENT.format(method)) + "\n\nWhen: soon?") == f"{told}\n\nWhen: soon?"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            summary(EVENT.format("CANCEL")) + "\n\nWhere are you on 2026-11-22?",
            "Abgesagt: Tulips: which? Wann: 22. Nov. 2026 14:05 – 15:00 Europe/Berlin Wo: Shop Where are you on 2026-11-22?",
        ),
        ("Invitation: When: soon", "Einladung: When: soon"),
        ("Hello: 2026-11-22 When: 2026-11-22", "Hello: 2026-11-22 When: 2026-11-22"),
        ("Cancelled", "Cancelled"),
    ],
)
def test_a_list_tells_an_appointment_in_one_line(text, told):
    with translation.override("de"):
        assert appointments.in_line(preview(text, 200)) == told


@pytest.mark.parametrize("words", ["", "When: soon?", "Hello: I accepts\nWhere: there", "Invitation\nWhen: 2026-13-45"])
def test_what_is_no_appointment_stays_as_it_came(words):
    with translation.override("de"):
        assert appointments.in_words(words) == words
