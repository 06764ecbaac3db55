"""Who a request comes from: its session and its account, read by kept statements because every request reads them.

Both classes are named in the settings; what they mean is Django's and allauth's, only the reading is ours.
"""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.http import HttpRequest

from rapport.desk import early
from rapport.kit import clock
from rapport.people import installing, returning
from rapport.people.models import Account
from rapport.rows.asking import Question

MOST_KNOWN = 5_000
# Whose session it was when it last came by, in this process, and what that account was then: only what to ask along with
# it hangs on that.
_whose: dict[str, Account] = {}
_sessions = Question(
    lambda key, now: Session.objects.filter(session_key=key, expire_date__gt=now).values_list("session_data")
)


class SessionStore(db.SessionStore):
    """Django's sessions in the database."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and no key either, when there is none that lives."""
        found = _sessions.ask(self.session_key or "", clock.now())
        if not found:
            self._session_key = None
            return {}
        held: dict[str, Any] = self.decode(found[0][0])
        return held


def account_of(request: HttpRequest) -> Account | AnonymousUser:
    """Who the request comes from, as Django's own middleware says it, in one round trip with the session."""
    key = request.session.session_key or ""
    known = _whose.get(key)
    if known is not None:
        returning.expect(known.pk)
        installing.expect()
        if request.method == "GET":
            early.expect(request, known)
    found = request.user
    if found.is_authenticated:
        if key not in _whose and len(_whose) >= MOST_KNOWN:
            _whose.clear()
        # Not Django's lazy stand-in, which would hold the whole request.
        _whose[key] = getattr(found, "_wrapped", found)
    return found


class Accounts(AuthenticationBackend):  # type: ignore[misc]  # allauth brings no types
    """allauth's way in."""

    def get_user(self, user_id: int) -> Account | None:
        """The account of a session, if it may still sign in."""
        account = returning.account(user_id)
        return account if account is not None and self.user_can_authenticate(account) else None
