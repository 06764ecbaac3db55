"""What an event changes on the page, written once for everybody who speaks the same language in the same time zone."""

from __future__ import annotations

from django.template.loader import render_to_string
from django.utils import timezone, translation

from rapport.conversations import listing
from rapport.desk.inbox.rows import shown
from rapport.people import speaking


def row_html(conversation_id: int, language: str, time_zone: str) -> str:
    """The conversation's row of the list, neutral to the viewer: read by nobody. Empty when lists do not show it."""
    row = listing.row(conversation_id)
    if row is None:
        return ""
    with translation.override(speaking.known(language) or speaking.company()), timezone.override(time_zone or None):
        neutral = shown([row])[0]._replace(read=0, unread=False)
        return render_to_string("desk/inbox/_row.html", {"row": neutral})
