"""Beside the CSRF token: what the browser itself says of a request's origin (Sec-Fetch-Site)."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from rapport.config.transactions import SAFE_METHODS

OWN = frozenset({"", "same-origin", "none"})


class RefuseForeignRequests:
    """Refuses every unsafe request that another site's page, even one on a sibling host, lets a browser send.

    Browsers too old to send the header are left to the CSRF token. Raises PermissionDenied, which becomes 403.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.method not in SAFE_METHODS and request.headers.get("Sec-Fetch-Site", "") not in OWN:
            raise PermissionDenied
        return self._get_response(request)
