"""Events on their way to the streams: each written once for all who may read the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from rapport.conversations import alongside, audience
from rapport.conversations.audience import Access, Audience
from rapport.desk.live.stream import sse
from rapport.events.models import Event

# A language and a time zone: what makes two viewers' fragments differ.
Variant = tuple[str, str]
Renderer = Callable[[int, str, str], str]


@dataclass(slots=True)
class News:
    """One event for those in `whom`. `rendered` holds it with its row; who may not read messages gets it `plain`."""

    whom: Audience
    plain: bytes
    rendered: dict[Variant, bytes] = field(default_factory=dict)

    def for_viewer(self, account_id: int, access: Access) -> bytes | None:
        """The bytes for this viewer; None when the conversation is not theirs to know of."""
        if not audience.may_see(account_id, access, self.whom):
            return None
        if not access.reads_messages:
            return self.plain
        return self.rendered.get(variant_of(access), self.plain)


def variant_of(access: Access) -> Variant:
    """Which fragment this viewer reads."""
    return access.language, access.time_zone


def write(events: Iterable[Event], variants: Iterable[Variant], render: Renderer | None) -> list[News]:
    """The events as news. The row goes with the last event of each conversation; earlier ones say that more follows."""
    shown = [event for event in events if event.conversation_id]
    last = {event.conversation_id or 0: event.pk for event in shown}
    audiences = audience.read_audiences(last)
    beside = _beside(number for number in last if number not in audiences)
    news = []
    for event in shown:
        number = event.conversation_id or 0
        if number in beside:
            main, of_main = beside[number]
            news.append(News(of_main, sse("change", {**_content(event), "conversation": main}, event.pk)))
            continue
        whom = audiences.get(number)
        if whom is None:
            continue
        content = _content(event)
        if last[number] != event.pk:
            plain, rendered = sse("change", {**content, "more": True}, event.pk), {}
        else:
            plain, rendered = sse("change", content, event.pk), _rendered(event, content, variants, render)
        news.append(News(audience.widened(whom, event), plain, rendered))
    return news


def _beside(unknown: Iterable[int]) -> dict[int, tuple[int, Audience]]:
    """Of numbers nobody sees those of side conversations: each concerns who sees the conversation it stands beside."""
    mains = alongside.main_numbers(unknown)
    whom = audience.read_audiences(mains.values()) if mains else {}
    return {side: (main, whom[main]) for side, main in mains.items() if main in whom}


def _rendered(
    event: Event, content: dict[str, Any], variants: Iterable[Variant], render: Renderer | None
) -> dict[Variant, bytes]:
    if render is None:
        return {}
    rows = {variant: render(event.conversation_id or 0, *variant) for variant in variants}
    return {variant: sse("change", {**content, "html": row}, event.pk) for variant, row in rows.items() if row}


def _content(event: Event) -> dict[str, Any]:
    is_message = event.kind.startswith("message.")
    content: dict[str, Any] = {
        "id": event.pk,
        "kind": event.kind,
        "conversation": event.conversation_id,
        "message": event.subject_id if is_message else event.data.get("message"),
        "actor": event.actor_id,
    }
    # Whoever has it open and who goes on with it: their page sets it aside at once.
    return content | ({"taken": event.data} if event.kind == "conversation.draft_taken" else {})
