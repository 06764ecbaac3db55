"""The connection doctor run beside the page: no page handler waits for another computer.

A run lives in the cache: its steps as they come, and whether it has ended. Whoever polls it sees them one by one.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

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

log = logging.getLogger(__name__)

KEPT_SECONDS = 900
AT_ONCE = 4
_places = threading.BoundedSemaphore(AT_ONCE)


@dataclass(slots=True)
class Run:
    """What one examination has found so far; `steps` are dicts of name, ok, detail, cure, value."""

    inbox_id: int
    steps: list[dict[str, Any]] = field(default_factory=list)
    is_done: bool = False


def begin(inbox: Inbox, *, send_test: bool = False) -> str:
    """Start examining and return the run's id at once. With `send_test` a mail goes to the inbox itself."""
    run_id = random_token()
    _keep(run_id, Run(inbox.pk))
    language = translation.get_language() or "en"
    in_background(lambda: _examine(run_id, inbox.pk, language, send_test=send_test))
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
            step = _failed(_("consent"), told, _("Ask for consent again.")) | ({} if told else {"ok": True, "cure": ""})
        _examine(run_id, inbox.pk, language, step)

    in_background(work)
    return run_id


def read(run_id: str, *, inbox_id: int) -> Run | None:
    """The run so far; None when it is unknown, too old, or of another inbox."""
    kept = cache.get(_key(run_id))
    found = Run(**kept) if kept else None
    return found if found and found.inbox_id == inbox_id else None


def steps_of(inbox: Inbox, *, send_test: bool) -> Iterator[dict[str, Any]]:
    """What the doctor finds, step by step."""
    from rapport.channels.examining import examine

    for step in examine(inbox, send_test=send_test):
        yield asdict(step)


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


def _examine(
    run_id: str, inbox_id: int, language: str, first: dict[str, Any] | None = None, *, send_test: bool = False
) -> None:
    run = Run(inbox_id, [first] if first else [])
    try:
        if first and not first["ok"]:
            return
        with _places, translation.override(language):
            for step in steps_of(Inbox.objects.get(pk=inbox_id), send_test=send_test):
                run.steps.append(step)
                _keep(run_id, run)
    except Exception as error:  # the page must learn of it, whatever it was
        log.exception("The examination of inbox %s broke", inbox_id)
        run.steps.append(_failed(_("examination"), type(error).__name__, _("This is a fault of Rapport; see its log.")))
    finally:
        run.is_done = True
        _keep(run_id, run)
        if threading.current_thread() is not threading.main_thread():
            connections.close_all()


def _failed(name: str, detail: str, cure: str) -> dict[str, Any]:
    return {"name": name, "ok": False, "detail": detail, "cure": cure, "value": ""}


def _keep(run_id: str, run: Run) -> None:
    cache.set(_key(run_id), asdict(run), KEPT_SECONDS)


def _key(run_id: str) -> str:
    return f"doctor:{run_id}"
