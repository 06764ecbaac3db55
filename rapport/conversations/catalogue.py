"""What the company added to conversations, remembered by each process for as long as nobody changes it.

Every page of a conversation needs it, and it changes a few times a year: `Installation.shape`, which every request reads
anyway, says whether what is remembered still holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from rapport.conversations.models import ChecklistTemplate, Conversation, CustomField, ForbiddenMove, OwnStatus
from rapport.people import attributing, installing
from rapport.people.attributes import Definition


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """`fields`, `statuses`, `checklists`: all by id, archived ones too, in the order people gave them.

    `forbidden`: pairs of statuses as `Catalogue.status_key` writes them. `details`: the company's own facts about
    customers by key, in their order, each with whether it is in use.
    """

    fields: dict[int, CustomField] = field(default_factory=dict)
    statuses: dict[int, OwnStatus] = field(default_factory=dict)
    checklists: dict[int, ChecklistTemplate] = field(default_factory=dict)
    forbidden: frozenset[tuple[str, str]] = frozenset()
    details: dict[str, tuple[Definition, bool]] = field(default_factory=dict)

    def fields_of(self, team_id: int | None) -> list[CustomField]:
        """Living fields that a conversation of this team is asked for."""
        return [one for one in self.fields.values() if one.archived_at is None and one.team_id in (None, team_id)]

    def living_statuses(self) -> list[OwnStatus]:
        """Those one may choose."""
        return [one for one in self.statuses.values() if one.archived_at is None]

    def living_checklists(self) -> list[ChecklistTemplate]:
        """Those one may add."""
        return [one for one in self.checklists.values() if one.archived_at is None]

    def own_status(self, conversation: Conversation) -> OwnStatus | None:
        """The company's own status that the conversation has now."""
        own = self.statuses.get(conversation.own_status_id or 0)
        return own if own is not None and own.kind == conversation.status else None

    def status_key(self, conversation: Conversation) -> str:
        """`open`, `waiting`, … or `own:3`."""
        own = self.own_status(conversation)
        return f"own:{own.pk}" if own else conversation.status

    def may_move(self, conversation: Conversation, target: str) -> bool:
        """Whether people may bring the conversation from where it is to this status."""
        return (self.status_key(conversation), target) not in self.forbidden


def read() -> Catalogue:
    """As it is now."""
    global _last
    shape = installing.current().shape
    if not shape:
        return _EMPTY
    if shape != _last[0]:
        _last = shape, _read()
    return _last[1]


def _read() -> Catalogue:
    return Catalogue(
        fields={one.pk: one for one in CustomField.objects.order_by("position", "pk")},
        statuses={one.pk: one for one in OwnStatus.objects.order_by("position", "pk")},
        checklists={one.pk: one for one in ChecklistTemplate.objects.order_by("name", "pk")},
        forbidden=frozenset(ForbiddenMove.objects.values_list("source", "target")),
        details={one.key: (one, is_used) for one, is_used in attributing.every_definition()},
    )


_EMPTY = Catalogue()
_last: tuple[str, Catalogue] = ("", _EMPTY)
