"""Modules that every worker needs, imported before the fork so that their memory is shared."""

from __future__ import annotations

import importlib
import logging

log = logging.getLogger(__name__)

WORKER_MODULES = (
    "rapport.conversations.releasing",
    "rapport.conversations.snoozing",
    "rapport.intake.fetching",
    "rapport.intake.processing",
    "rapport.outbox.retrying",
    "rapport.outbox.sending",
    "rapport.reactions.running",
    "rapport.reactions.schedule",
)


def load_worker_modules() -> None:
    """Import them; one that cannot be loaded is said in the log, and its own loop will say so again."""
    for name in WORKER_MODULES:
        try:
            importlib.import_module(name)
        except ImportError:
            log.exception("%s cannot be loaded", name)
