"""The connection doctor run beside the page: no page handler waits for another computer.

A run lives in the cache: its steps as they come, and whether it has ended. Whoever polls it sees them one by one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib import import_module
from typing import Any, Protocol

from django.conf import settings
from django.core.cache import cache
from django.db import connections
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.channels import configuring
from rapport.channels.email.consenting import Client, ConsentFailed, exchange_code
from rapport.channels.models import Inbox
from rapport.channels.secrets import read_secrets
from rapport.kit.addresses import Network
from rapport.kit.secrets import random_token

KEPT_SECONDS = 900
AT_ONCE = 4
_places = threading.BoundedSemaphore(AT_ONCE)


class Step(Protocol):
    """What the doctor tells of one step."""

    @property
    def name(self) -> str: ...

    @property
    def ok(self) -> bool: ...

    @property
    def detail(self) -> str: ...

    @property
    def cure(self) -> str: ...


@dataclass(slots=True)
class Run:
    """What one examination has found so far; `steps` are dicts of name, ok, detail, cure."""

    inbox_id: int
    steps: list[dict[str, Any]] = field(default_factory=list)
    is_done: bool = False


def begin(inbox: Inbox) -> str:
    """Start examining and return the run's id at once."""
    run_id = random_token()
    _keep(run_id, Run(inbox.pk))
    language = translation.get_language() or "en"
    in_background(lambda: _examine(run_id, inbox.pk, language))
    return run_id


def begin_consent(inbox: Inbox, *, client: Client, code: str, verifier: str, refused: str) -> str:
    """Exchange an OAuth code for tokens, keep them, then examine; the run's id at once.

    `refused` is the provider's reason when it gave no code.
    """
    run_id = random_token()
    _keep(run_id, Run(inbox.pk))
    language = translation.get_language() or "en"

    def work() -> None:
        with translation.override(language):
            told = refused or _exchange(inbox.pk, client, code, verifier)
            step = {"name": _("consent"), "ok": not told, "detail": told, "cure": _("Ask for consent again.")}
        _examine(run_id, inbox.pk, language, step)

    in_background(work)
    return run_id


def read(run_id: str, *, inbox_id: int) -> Run | None:
    """The run so far; None when it is unknown, too old, or of another inbox."""
    kept = cache.get(_key(run_id))
    found = Run(**kept) if kept else None
    return found if found and found.inbox_id == inbox_id else None


def examiner() -> Callable[[Inbox], Iterable[Step]]:
    """The doctor of e-mail inboxes, loaded when somebody calls it."""
    doctor: Any = import_module("rapport.channels.email.doctor")
    examine: Callable[[Inbox], Iterable[Step]] = doctor.examine
    return examine


def allow_nets() -> Sequence[Network]:
    """Private networks the operator opened."""
    nets: Sequence[Network] = settings.ENVIRONMENT.allow_nets
    return nets


def in_background(work: Callable[[], None]) -> None:
    """Run it in a thread of its own; its Python work is small, it mostly waits."""
    threading.Thread(target=work, daemon=True, name="doctor").start()


def _exchange(inbox_id: int, client: Client, code: str, verifier: str) -> str:
    """Empty when the tokens are kept, else why not."""
    try:
        tokens = exchange_code(client, code=code, verifier=verifier, allow_nets=allow_nets())
    except ConsentFailed as error:
        return str(error)
    inbox = Inbox.objects.get(pk=inbox_id)
    oauth = {**read_secrets(inbox).get("oauth", {}), **{name: value for name, value in tokens.items() if value}}
    configuring.change_settings(inbox, settings=inbox.settings, secrets={"oauth": oauth}, by=None)
    return ""


def _examine(run_id: str, inbox_id: int, language: str, first: dict[str, Any] | None = None) -> None:
    run = Run(inbox_id, [first] if first else [])
    try:
        if first and not first["ok"]:
            return
        with _places, translation.override(language):
            for step in examiner()(Inbox.objects.get(pk=inbox_id)):
                run.steps.append({"name": step.name, "ok": step.ok, "detail": step.detail, "cure": step.cure})
                _keep(run_id, run)
    except Exception as error:  # the page must learn of it, whatever it was
        told = {"name": _("examination"), "ok": False, "detail": type(error).__name__}
        run.steps.append({**told, "cure": _("Look into the log; this is a fault of Rapport.")})
        raise
    finally:
        run.is_done = True
        _keep(run_id, run)
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()


def _keep(run_id: str, run: Run) -> None:
    cache.set(_key(run_id), asdict(run), KEPT_SECONDS)


def _key(run_id: str) -> str:
    return f"doctor:{run_id}"
