"""Modules that every worker needs, imported before the fork so that their memory is shared."""

from __future__ import annotations

import importlib

WORKER_MODULES = (
    "rapport.conversations.releasing",
    "rapport.conversations.snoozing",
    "rapport.intake.fetching",
    "rapport.intake.processing",
    "rapport.outbox.retrying",
    "rapport.outbox.sending",
    "rapport.reactions.running",
    "rapport.reactions.schedule",
    "rapport.reactions.watchers",
)


def load_worker_modules() -> None:
    """Import them."""
    for name in WORKER_MODULES:
        importlib.import_module(name)
