"""Logging for all processes, set up once: text for people or JSON for collectors, never a secret."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from structlog.types import EventDict, Processor, WrappedLogger

MASK = "[hidden]"
_SECRET_WORDS = ("password", "passwd", "secret", "token", "authorization", "cookie", "api_key", "apikey", "credential")
_QUIET = {
    "uvicorn.error": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "django.request": logging.ERROR,
    "mail.log": logging.WARNING,
}


def hide_secrets(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Mask every value whose name says that it is a secret, at any depth."""
    return {name: _masked(name, value) for name, value in event.items()}


def configure(*, level: str, as_json: bool) -> None:
    """Send every log line of this process to stderr. `level` is a name like INFO."""
    structlog = _import_structlog()
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        hide_secrets,
    ]
    if as_json:
        last: list[Processor] = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    else:
        colours = sys.stderr.isatty()
        last = [structlog.dev.ConsoleRenderer(colors=colours, exception_formatter=structlog.dev.plain_traceback)]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for name, quietest in _QUIET.items():
        logging.getLogger(name).setLevel(max(quietest, root.level))


def _masked(name: str, value: Any) -> Any:
    if any(word in name.lower() for word in _SECRET_WORDS):
        return MASK
    if isinstance(value, dict):
        return {key: _masked(str(key), inner) for key, inner in value.items()}
    return value


def _import_structlog() -> Any:
    """structlog without rich, which it would load for pretty tracebacks: 80 ms and 5 MB for each process group."""
    with contextlib.ExitStack() as stack:
        if "rich" not in sys.modules:
            sys.modules["rich"] = None  # type: ignore[assignment]
            stack.callback(sys.modules.pop, "rich")
        import structlog.contextvars
        import structlog.dev
        import structlog.processors
        import structlog.stdlib
    return structlog
