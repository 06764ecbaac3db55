"""Static files, answered by the server's loop without taking the page thread."""

from __future__ import annotations

from collections.abc import MutableMapping
from typing import Any
from urllib.parse import unquote

from django.conf import settings
from django.contrib.staticfiles import finders
from whitenoise.base import WhiteNoise

from rapport.config.delivering import Deliverer

FOREVER = "max-age=31536000, public, immutable"
_ASKED = {
    b"if-none-match": "HTTP_IF_NONE_MATCH",
    b"if-modified-since": "HTTP_IF_MODIFIED_SINCE",
    b"accept-encoding": "HTTP_ACCEPT_ENCODING",
    b"range": "HTTP_RANGE",
}


class StaticFiles:
    """All static files of the installed apps, found once at start."""

    def __init__(self) -> None:
        self._found = WhiteNoise(None, max_age=300, allow_all_origins=False)
        prefix = settings.STATIC_URL
        for finder in reversed(list(finders.get_finders())):
            for path, storage in finder.list([]):
                self._found.add_file_to_dictionary(prefix + path.replace("\\", "/"), storage.path(path))

    async def answer(self, scope: MutableMapping[str, Any], deliverer: Deliverer) -> bool:
        """Answer if the path names a static file. An address with `v=` may be kept forever: it changes with the file."""
        static_file = self._found.files.get(unquote(scope["path"]))
        if static_file is None:
            return False
        asked = {_ASKED[name]: value.decode("latin-1") for name, value in scope["headers"] if name in _ASKED}
        response = static_file.get_response(scope["method"], asked)
        content = b""
        if response.file is not None:
            with response.file as source:
                content = source.read()
        headers = [*response.headers, ("X-Content-Type-Options", "nosniff")]
        if scope["query_string"].startswith(b"v="):
            headers = [(name, FOREVER if name == "Cache-Control" else value) for name, value in headers]
        await deliverer.send_whole(int(response.status), headers, content)
        return True
