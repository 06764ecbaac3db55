"""The oracle in the browser: anything that runs, asks, is blocked by the policy, or loads from elsewhere is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page, Request

# Runs before every document's own scripts. `__note` leads out of the browser and survives navigations.
HOOK = """
window.__executed = name => __note("executed: " + name);
for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = text => __note("executed: " + name + " " + text);
addEventListener("securitypolicyviolation", event =>
    __note(`blocked: ${event.violatedDirective} ${event.blockedURI} ${event.sample} ${event.sourceFile}`));
addEventListener("error", event => { if (event.error) __note("error: " + event.message); });
"""


class Watch:
    """Notes what happens in a page and its frames, from now on."""

    def __init__(self, page: Page, origin: str) -> None:
        self.noted: list[str] = []
        self._host = urlsplit(origin).netloc
        context = page.context
        context.expose_function("__note", lambda note: self.noted.append(note))
        context.add_init_script(HOOK)
        context.on("request", self._request)
        context.on("requestfailed", self._failed)
        context.on("dialog", self._dialog)
        context.on("console", lambda message: self._console(message.type, message.text))

    def _dialog(self, dialog: Dialog) -> None:
        self.noted.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def executed(self) -> list[str]:
        """Notes of scripts that ran and of loads from elsewhere: what must never be, whatever was blocked beside."""
        return [note for note in self.noted if note.startswith(("executed", "dialog", "request"))]

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss", "ftp") and parts.netloc != self._host:
            self.noted.append(f"request: {request.url[:200]}")

    def _failed(self, request: Request) -> None:
        """What a policy stopped never left the browser; a violation of ours is noted by itself."""
        note = f"request: {request.url[:200]}"
        if (request.failure or "") in ("csp", "origin") and note in self.noted:
            self.noted.remove(note)

    def _console(self, kind: str, text: str) -> None:
        if kind == "error" or "Blocked script" in text or "Content Security Policy" in text:
            self.noted.append(f"console: {text[:300]}")
