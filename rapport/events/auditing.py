"""The audit log: who changed which setting, with what stood there before and stands there after.

It is the event log, read by `area`. Each verb that changes a setting takes a picture before and tells the change after:

    before = auditing.state(team, "name", "signature_html")
    ...
    auditing.changed("team.changed", team, by=by, before=before)

`tests/security/test_audit.py` walks the settings and is red where a change left no trace here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Manager, Model, QuerySet
from django.utils import translation

from rapport.events import recording
from rapport.events.models import Event

MOST_CHARS = 4000
MOST_ITEMS = 200
_HIDDEN = "secret"


def state(row: Model, *fields: str) -> dict[str, Any]:
    """What stands in these fields now, fit to be kept: related rows by their names, lists sorted where they are sets."""
    return {field: _plain(getattr(row, field)) for field in fields}


def changed(  # noqa: PLR0913 - one line of the log, keyword-only
    kind: str,
    row: Model | None,
    *,
    by: Model | None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    secrets: Iterable[str] = (),
    also: Mapping[str, Any] | None = None,
) -> Event | None:
    """Record what became of a setting; `kind` is `team.changed`: the area, then the act.

    `after` is told from the row by the fields of `before` where it is not given. Only what differs is kept; where both
    are given and nothing differs, nothing is recorded. `secrets` are names of what was set and is never shown. `also`
    is data for other readers of the event.
    """
    compared = before is not None
    if after is None:
        after = state(row, *before) if before is not None and row is not None else {}
    differing = _differing(_flat(before or {}), _flat(after))
    hidden = sorted(secrets)
    if compared and not differing and not hidden:
        return None
    data: dict[str, Any] = {"name": _kept(_name(row)) if row is not None else "", **(also or {})}
    if differing:
        data["before"] = {field: _kept(old) for field, (old, _new) in differing.items() if old is not None}
        data["after"] = {field: _kept(new) for field, (_old, new) in differing.items() if new is not None}
    if hidden:
        data[_HIDDEN] = hidden
    return recording.record(
        kind,
        subject=row.pk if row is not None else None,
        actor=by.pk if by is not None else None,
        data=data,
        area=kind.partition(".")[0],
    )


def differences(data: Mapping[str, Any]) -> list[tuple[str, Any, Any]]:
    """Field, before and after of an event's data; a secret has None for both."""
    before, after = data.get("before") or {}, data.get("after") or {}
    fields = [*before, *(field for field in after if field not in before)]
    told = [(field, before.get(field), after.get(field)) for field in fields]
    return told + [(field, None, None) for field in data.get(_HIDDEN, ())]


def _plain(value: Any) -> Any:
    if isinstance(value, Manager | QuerySet):
        return sorted(map(_name, value.all()))
    if isinstance(value, Model):
        return _name(value)
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)


def _name(row: Model) -> str:
    """In the language of the source: what is kept is read by others, who may read another language than who acted."""
    with translation.override(None):
        return str(row)


def _flat(fields: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """`{"imap": {"host": "x"}}` as `{"imap.host": "x"}`: a change of one part shows that part."""
    flat: dict[str, Any] = {}
    for name, value in fields.items():
        if isinstance(value, dict):
            flat |= _flat(value, f"{within}{name}.")
        else:
            flat[f"{within}{name}"] = _plain(value)
    return flat


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    fields = [*before, *(field for field in after if field not in before)]
    pairs = {field: (before.get(field), after.get(field)) for field in fields}
    return {field: pair for field, pair in pairs.items() if _told(pair[0]) != _told(pair[1])}


def _told(value: Any) -> Any:
    """Nothing is nothing, however it is written."""
    return None if value in ("", [], None) else value


def _kept(value: Any) -> Any:
    """Small enough for the log; what is left out is counted."""
    if isinstance(value, str) and len(value) > MOST_CHARS:
        return f"{value[:MOST_CHARS]} … (+{len(value) - MOST_CHARS})"
    if isinstance(value, list) and len(value) > MOST_ITEMS:
        return [*map(_kept, value[:MOST_ITEMS]), f"… (+{len(value) - MOST_ITEMS})"]
    return [_kept(one) for one in value] if isinstance(value, list) else value
