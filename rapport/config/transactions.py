"""One unsafe request is one transaction; a safe one opens none, because SQLite would make it wait for writers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


class UnsafeRequestsInOneTransaction:
    """Opens a transaction right before the view of an unsafe request and undoes it when the view raises.

    A view whose attribute `opens_own_transactions` is true gets none.

    It must stand last in MIDDLEWARE: then it is the first to hear of an exception, and those before it find a
    connection on which they may work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        try:
            response = self._get_response(request)
        except BaseException as error:
            self._end(request, error)
            raise
        self._end(request, None)
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None:
        """Django calls this when it knows the view."""
        if request.method in SAFE_METHODS or getattr(view, "opens_own_transactions", False):
            return
        opened = transaction.atomic()
        opened.__enter__()
        request._rapport_transaction = opened  # type: ignore[attr-defined]

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Django calls this when the view raised."""
        self._end(request, exception)

    def _end(self, request: HttpRequest, error: BaseException | None) -> None:
        opened = request.__dict__.pop("_rapport_transaction", None)
        if opened is not None:
            opened.__exit__(type(error) if error else None, error, error.__traceback__ if error else None)
