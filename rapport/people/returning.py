"""Somebody comes back with their session: their account, and what every page asks of it, by one statement."""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Func, OuterRef, QuerySet, Subquery, TextField

from rapport.people.models import Account, Membership, RoleRight
from rapport.rows.asking import Question

_COLUMNS = tuple(field.attname for field in Account._meta.concrete_fields)


class _Joined(Func):
    """All values of a column with commas between them; nothing where there is none."""

    function = "GROUP_CONCAT"
    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="STRING_AGG((%(expressions)s)::text, ',')", **context)


def account(pk: int) -> Account | None:
    """The account with its rights and teams as they are now; None when there is none."""
    found = _accounts.ask(pk)
    if not found:
        return None
    *columns, rights, teams = found[0]
    account = Account.from_db(DEFAULT_DB_ALIAS, _COLUMNS, columns)
    if account.is_active:
        # Where these properties keep what they once read.
        account.__dict__["rights"] = frozenset(rights.split(",") if rights else ())
        account.__dict__["team_ids"] = frozenset(map(int, teams.split(",")) if teams else ())
    return account


def expect(pk: int) -> None:
    """Bring this account along with what is asked now."""
    _accounts.expect(pk)


def _with_all(pk: int) -> QuerySet[Any, Any]:
    rights = RoleRight.objects.filter(role_id=OuterRef("role_id"))
    teams = Membership.objects.filter(account_id=OuterRef("pk"), team__ended_at__isnull=True)
    return Account.objects.filter(pk=pk).values_list(
        *_COLUMNS, Subquery(rights.values(all=_Joined("right"))), Subquery(teams.values(all=_Joined("team_id")))
    )


_accounts = Question(_with_all)
