"""Custom fields, statuses of the company's own and checklists are made, changed, ordered and put away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.db import transaction

from rapport.conversations import settling, standing
from rapport.conversations.errors import NameTaken, NoName, NotAllowed, UnknownStatus, WrongValue
from rapport.conversations.models import ChecklistTemplate, CustomField, ForbiddenMove, OwnStatus
from rapport.events import auditing
from rapport.kit import clock, text
from rapport.people import installing
from rapport.people.models import Account, Team
from rapport.people.rights import Right

MOST = 100  # of each sort in use: they are read with every page
MOST_OPTIONS = 300
MOST_ITEMS = 60
MOST_DAYS = 365
_FIELD = ("name", "options", "team", "required", "help")
_STATUS = ("name", "kind", "days")
_LIST = ("name", "items")
_KINDS_WITH_OPTIONS = (CustomField.Kind.CHOICE, CustomField.Kind.CHOICES)
Row = TypeVar("Row", CustomField, OwnStatus, ChecklistTemplate)


@dataclass(frozen=True, slots=True)
class Described:
    """A custom field as it should be. `options`: names, or pairs of (option of the parent, name) where there is one."""

    name: str
    kind: str = CustomField.Kind.TEXT
    options: Sequence[tuple[str, str]] = ()
    parent: CustomField | None = None
    team: Team | None = None
    required: bool = False
    help: str = field(default="")


def define(described: Described, *, by: Account) -> CustomField:
    """A new field, after the others. Raises NoName, NameTaken, WrongValue (no options), UnknownStatus, NotAllowed."""
    _demand(by)
    if described.kind not in CustomField.Kind.values:
        raise UnknownStatus
    with transaction.atomic():
        _room(CustomField)
        made = CustomField(kind=described.kind, parent=_parent(described), position=_next(CustomField))
        _describe(made, described)
        made.key = _key(made.name)
        return _made(made, "field.created", ("kind", "parent", *_FIELD), by=by)


def redefine(changed: CustomField, described: Described, *, by: Account) -> CustomField:
    """Other words, options, team. Its kind stays, and values that are no option any more stay where they stand.

    Raises what `define` raises.
    """
    _demand(by)
    with transaction.atomic():
        before = auditing.state(changed, *_FIELD)
        _describe(changed, described)
        return _changed(changed, "field.changed", before, by=by)


def create_status(name: str, *, kind: str, days: int | None = None, by: Account) -> OwnStatus:
    """A status of the company's own, of one of settling.KINDS. `days`: how long it sleeps, where it is of the kind
    snoozed. Raises NoName, NameTaken, UnknownStatus, NotAllowed."""
    _demand(by)
    if kind not in settling.KINDS:
        raise UnknownStatus
    with transaction.atomic():
        _room(OwnStatus)
        made = OwnStatus(kind=kind, position=_next(OwnStatus), days=_days(kind, days))
        made.name = _free_name(OwnStatus, name, None)
        return _made(made, "status.created", _STATUS, by=by)


def change_status(status: OwnStatus, *, name: str, days: int | None = None, by: Account) -> OwnStatus:
    """Another name. The kind stays: conversations stand in it. Raises NoName, NameTaken, NotAllowed."""
    _demand(by)
    with transaction.atomic():
        before = auditing.state(status, *_STATUS)
        status.name, status.days = _free_name(OwnStatus, name, status.pk), _days(status.kind, days)
        return _changed(status, "status.changed", before, by=by)


def set_moves(forbidden: Iterable[tuple[str, str]], *, by: Account) -> None:
    """Exactly these steps between statuses are forbidden to people. Raises NotAllowed, UnknownStatus."""
    _demand(by)
    wanted = {(source, target) for source, target in forbidden if source != target}
    known = set(movable())
    if not {one for pair in wanted for one in pair} <= known:
        raise UnknownStatus
    with transaction.atomic():
        rows = ForbiddenMove.objects.all()
        # What concerns archived statuses stays as it is: they may come back.
        before = {(row.source, row.target) for row in rows if {row.source, row.target} <= known}
        for source, target in before - wanted:
            ForbiddenMove.objects.filter(source=source, target=target).delete()
        ForbiddenMove.objects.bulk_create(ForbiddenMove(source=a, target=b) for a, b in sorted(wanted - before))
        installing.reshape()
        told = {"before": {"forbidden": _told(before)}, "after": {"forbidden": _told(wanted)}}
        auditing.changed("status.changed", None, by=by, **told)


def movable() -> list[str]:
    """Keys of the statuses that the table of moves speaks of: the kinds but spam, and those of the company's own."""
    own = OwnStatus.objects.filter(archived_at__isnull=True).order_by("position", "pk")
    by_kind = {kind: [f"own:{one.pk}" for one in own if one.kind == kind] for kind in settling.KINDS}
    return [key for kind, some in by_kind.items() for key in (str(kind), *some)]


def create_checklist(name: str, *, items: Iterable[str], by: Account) -> ChecklistTemplate:
    """Steps that are the same each time. Raises NoName, NameTaken, WrongValue (no steps), NotAllowed."""
    _demand(by)
    with transaction.atomic():
        _room(ChecklistTemplate)
        made = ChecklistTemplate(name=_free_name(ChecklistTemplate, name, None), items=_items(items))
        return _made(made, "checklist.created", _LIST, by=by)


def change_checklist(template: ChecklistTemplate, *, name: str, items: Iterable[str], by: Account) -> ChecklistTemplate:
    """Other steps from now on; lists that were added to conversations stay as they are."""
    _demand(by)
    with transaction.atomic():
        before = auditing.state(template, *_LIST)
        template.name, template.items = _free_name(ChecklistTemplate, name, template.pk), _items(items)
        return _changed(template, "checklist.changed", before, by=by)


def archive(row: CustomField | OwnStatus | ChecklistTemplate, *, by: Account) -> None:
    """Out of every menu; what stands in conversations stays there."""
    _set_archived(row, True, by=by)


def restore(row: CustomField | OwnStatus | ChecklistTemplate, *, by: Account) -> None:
    """Back into the menus. Raises NameTaken when another one took its name."""
    _set_archived(row, False, by=by)


def move(row: CustomField | OwnStatus, *, up: bool, by: Account) -> None:
    """One place up or down among those in use."""
    _demand(by)
    with transaction.atomic():
        model = type(row)
        rows: list[Any] = list(model.objects.filter(archived_at__isnull=True).order_by("position", "pk"))
        before = [one.name for one in rows]
        at = [one.pk for one in rows].index(row.pk)
        other = at - 1 if up else at + 1
        if not 0 <= other < len(rows):
            return
        rows[at], rows[other] = rows[other], rows[at]
        for position, one in enumerate(rows, start=1):
            model.objects.filter(pk=one.pk).update(position=position)
        installing.reshape()
        after = {"order": [one.name for one in rows]}
        auditing.changed(f"{_AREAS[model]}.ordered", row, by=by, before={"order": before}, after=after)


_AREAS: dict[Any, str] = {CustomField: "field", OwnStatus: "status", ChecklistTemplate: "checklist"}


def _demand(by: Account) -> None:
    if not by.may(Right.INSTALLATION):
        raise NotAllowed


def _describe(row: CustomField, described: Described) -> None:
    row.name = _free_name(CustomField, described.name, row.pk)
    row.options = _options(row, described.options)
    row.team, row.required = described.team, described.required
    row.help = text.clean_line(described.help, 200)


def _options(row: CustomField, written: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    if row.kind not in _KINDS_WITH_OPTIONS:
        return []
    parents = {one["name"] for one in row.parent.options} if row.parent else {""}
    found: dict[tuple[str, str], dict[str, str]] = {}
    for of, name in written[: MOST_OPTIONS + 1]:
        clean, parent = text.clean_line(name, 80), text.clean_line(of, 80) if row.parent else ""
        if not clean:
            continue
        if parent not in parents:
            raise WrongValue.of_parent(clean, row.parent.name if row.parent else "")
        found.setdefault((text.fold(parent), text.fold(clean)), {"name": clean, "of": parent})
    if not found or len(found) > MOST_OPTIONS:
        raise WrongValue.of_options(MOST_OPTIONS)
    return list(found.values())


def _parent(described: Described) -> CustomField | None:
    parent = described.parent
    if parent is not None and (described.kind != CustomField.Kind.CHOICE or parent.kind != CustomField.Kind.CHOICE):
        raise UnknownStatus
    return parent


def _items(written: Iterable[str]) -> list[str]:
    items = [clean for one in written if (clean := text.clean_line(one, 200))]
    if not items or len(items) > MOST_ITEMS:
        raise WrongValue.of_options(MOST_ITEMS)
    return items


def _free_name(model: type[Row], written: str, own: int | None) -> str:
    name = text.clean_line(written, model._meta.get_field("name").max_length or 40)
    if not text.fold(name):
        raise NoName
    others = model.objects.filter(archived_at__isnull=True).exclude(pk=own or 0).values_list("name", flat=True)
    if text.fold(name) in {text.fold(one) for one in others}:
        raise NameTaken
    return name


def _key(name: str) -> str:
    """A short word for filters and the API: `order-number`; numbered where it is taken. It never changes."""
    plain = "".join(char if char.isalnum() and char.isascii() else " " for char in text.fold(name))
    base = "-".join(plain.split())[:30] or "field"
    taken = set(CustomField.objects.filter(key__startswith=base).values_list("key", flat=True))
    return base if base not in taken else next(key for n in range(2, 10_000) if (key := f"{base}-{n}") not in taken)


def _days(kind: str, days: int | None) -> int | None:
    if kind != standing.Status.SNOOZED:
        return None
    return min(max(days or 1, 1), MOST_DAYS)


def _room(model: type[Row]) -> None:
    if model.objects.filter(archived_at__isnull=True).count() >= MOST:
        raise WrongValue.of_options(MOST)


def _next(model: type[CustomField] | type[OwnStatus]) -> int:
    last = model.objects.order_by("-position").values_list("position", flat=True).first()
    return (last or 0) + 1


def _made(row: Row, kind: str, told: Sequence[str], *, by: Account) -> Row:
    row.save()
    installing.reshape()
    auditing.changed(kind, row, by=by, after=auditing.state(row, *told))
    return row


def _changed(row: Row, kind: str, before: dict[str, Any], *, by: Account) -> Row:
    row.save()
    installing.reshape()
    auditing.changed(kind, row, by=by, before=before)
    return row


def _set_archived(row: Any, archived: bool, *, by: Account) -> None:
    _demand(by)
    with transaction.atomic():
        if not archived:
            _free_name(type(row), row.name, row.pk)
        row.archived_at = clock.now() if archived else None
        row.save(update_fields=["archived_at"])
        installing.reshape()
        auditing.changed(f"{_AREAS[type(row)]}.{'archived' if archived else 'restored'}", row, by=by)


def _told(pairs: Iterable[tuple[str, str]]) -> list[str]:
    names = {f"own:{pk}": name for pk, name in OwnStatus.objects.values_list("pk", "name")}
    return sorted(f"{names.get(source, source)} → {names.get(target, target)}" for source, target in pairs)
