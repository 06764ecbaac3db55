"""Who is viewing or writing where: in memory only, told over the bus, forgotten unless said again."""

from __future__ import annotations

from dataclasses import dataclass, field

from rapport.kit import clock

TOPIC = "presence"
EXPIRES_SECONDS = 30.0
VIEWING, WRITING, GONE = "viewing", "writing", "gone"
STATES = frozenset({VIEWING, WRITING, GONE})


@dataclass(frozen=True, slots=True)
class Here:
    """One account at one conversation; `until` on the monotonic clock."""

    account: int
    name: str
    state: str
    until: float


@dataclass
class Presence:
    """What this process has heard of who is where."""

    _here: dict[int, dict[int, Here]] = field(default_factory=dict)

    def note(self, conversation: int, *, account: int, name: str, state: str) -> bool:
        """Take in what somebody said; whether that changed what others see."""
        people = self._here.setdefault(conversation, {})
        before = people.pop(account, None)
        if state in (VIEWING, WRITING):
            people[account] = Here(account, name, state, clock.monotonic() + EXPIRES_SECONDS)
        if not people:
            del self._here[conversation]
        return (before.state if before else GONE) != state

    def people_at(self, conversation: int) -> list[Here]:
        """Who is there, in the order of their accounts."""
        people = self._here.get(conversation, {})
        return [people[account] for account in sorted(people)]

    def conversations(self) -> list[int]:
        """Where somebody is."""
        return list(self._here)

    def expire(self) -> set[int]:
        """Forget who has not been heard of for EXPIRES_SECONDS; the conversations where that changed something."""
        now = clock.monotonic()
        changed = set()
        for conversation, people in list(self._here.items()):
            for account in [each.account for each in people.values() if each.until <= now]:
                del people[account]
                changed.add(conversation)
            if not people:
                del self._here[conversation]
        return changed
