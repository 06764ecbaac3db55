"""A host of its own for customers' files (RAPPORT_FILES_URL): it knows no cookies and serves nothing else."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponseNotFound
from django.http.response import HttpResponseBase


class FilesHostServesFilesOnly:
    """On the files' host every other address is unknown, so that nothing there can act for a signed-in person."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if is_files_host(request) and not request.path.startswith("/files/"):
            return HttpResponseNotFound("", content_type="text/plain")
        return self.get_response(request)


def is_files_host(request: HttpRequest) -> bool:
    """Whether the request came to the files' own host. Raises DisallowedHost for a host nobody named."""
    address = settings.ENVIRONMENT.files_url
    return bool(address) and request.get_host() == urlsplit(address).netloc
