"""The ASGI entry: static files and live streams by the loop, pages through the bridge."""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rapport.config.settings")

from django.conf import settings

from rapport.config.bridge import Bridge, Scope
from rapport.config.delivering import Deliverer, Send
from rapport.config.spooling import Limits, Receive
from rapport.config.static import StaticFiles
from rapport.config.wsgi import application as pages
from rapport.desk.live.hub import Hub
from rapport.desk.live.rendering import row_html

# What a signed-in browser may post in a form; anyone else needs only a sign-in form.
FORM_BYTES = 8 * 1024 * 1024
STRANGER_BYTES = 64 * 1024
UPLOAD_SECONDS = 1800.0


class Application:
    """One process's ASGI application. start() and stop() frame the life of its live streams."""

    def __init__(self) -> None:
        folder = settings.ENVIRONMENT.home / "spool"
        folder.mkdir(mode=0o700, exist_ok=True)
        self.hub = Hub(render=row_html)
        self._static = StaticFiles()
        self._bridge = Bridge(
            pages,
            live=self.hub.stream,
            limits_for=limits_for,
            folder=folder,
            proxies=settings.ENVIRONMENT.trusted_proxies,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith(settings.STATIC_URL) and await self._static.answer(
            scope, Deliverer(scope, receive, send)
        ):
            return
        await self._bridge(scope, receive, send)


def limits_for(scope: dict[str, Any] | Scope) -> Limits:
    """How much this request may bring along. A cookie proves nothing yet, but a crowd without one gets no disk space."""
    if scope["method"] in ("GET", "HEAD", "OPTIONS"):
        return Limits(max_bytes=STRANGER_BYTES)
    cookie = f"{settings.SESSION_COOKIE_NAME}=".encode()
    if not any(name == b"cookie" and cookie in value for name, value in scope["headers"]):
        return Limits(max_bytes=STRANGER_BYTES)
    if scope["path"].startswith("/uploads/"):
        return Limits(max_bytes=settings.ENVIRONMENT.max_upload_bytes, total_seconds=UPLOAD_SECONDS, in_file=True)
    if scope["path"] == "/settings/imports/":
        return Limits(max_bytes=settings.ENVIRONMENT.max_upload_bytes, total_seconds=UPLOAD_SECONDS)
    return Limits(max_bytes=FORM_BYTES)


application = Application()
