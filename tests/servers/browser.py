"""Chromium, driven by Playwright. A page that complains in its console, or breaks its own CSP, fails the test.

page = open_page("phone", scheme="dark")
page.goto(product.url)
open_page.allow(r"status of 409")      # this test provokes a refusal on purpose
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:  # every test run loads this file, few need Playwright
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Playwright

Size = Literal["laptop", "tablet", "phone"]
SIZES: dict[Size, tuple[int, int]] = {"laptop": (1440, 900), "tablet": (1024, 768), "phone": (390, 844)}
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 15_000  # milliseconds an expectation waits before it fails


def installed() -> str | None:
    """Where Chromium is, or None."""
    return os.environ.get("RAPPORT_TEST_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def launch(playwright: Playwright) -> Browser:
    """Start Chromium without a window."""
    from playwright.sync_api import expect

    expect.set_options(timeout=PATIENCE)  # a context's own default counts for acts only
    return playwright.chromium.launch(executable_path=installed(), args=FLAGS)


@dataclass
class Pages:
    """Opens pages, each in a context of its own (another person at another machine), and notes what they complain of."""

    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def __call__(
        self, size: Size = "laptop", *, scheme: Literal["light", "dark"] = "light", base_url: str | None = None
    ) -> Page:
        """A new page of this size and colour scheme; motion is off, so that nothing is clicked while it moves."""
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            base_url=base_url,
            locale="en-GB",
            timezone_id="UTC",
            # A worker would answer some requests before the tests see them; ui/tests/test_installable.py reads it.
            service_workers="block",
        )
        context.set_default_timeout(PATIENCE)
        self.contexts.append(context)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(f"uncaught: {error.error}"))
        return context.new_page()

    def allow(self, pattern: str) -> None:
        """Complaints that match the pattern belong to this test."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        """The complaints nobody allowed."""
        return [text for text in self.complaints if not any(re.search(pattern, text) for pattern in self.allowed)]

    def forgive(self) -> None:
        """Another test begins with these pages: what was complained of and allowed was the last one's."""
        self.complaints.clear()
        self.allowed.clear()

    def photograph(self, folder: Path, name: str) -> None:
        """Keep a picture of every open page, for a test that failed."""
        folder.mkdir(parents=True, exist_ok=True)
        for number, page in enumerate(page for context in self.contexts for page in context.pages):
            page.screenshot(path=folder / f"{name}-{number}.png")

    def close(self) -> None:
        """Close every page."""
        for context in self.contexts:
            context.close()
        self.contexts.clear()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            place = message.location.get("url", "") if message.location else ""
            self.complaints.append(f"{message.text} ({place})")
