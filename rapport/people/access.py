"""Who may see or change which person. The only way a face obtains one of these rows."""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, QuerySet

from rapport.people.errors import NotAllowed, NotFound
from rapport.people.listing import customer_family
from rapport.people.models import (
    Account,
    Card,
    Customer,
    CustomerAddress,
    CustomerNote,
    CustomerPhone,
    Invitation,
    Organisation,
    Role,
    Team,
)
from rapport.people.rights import Right
from rapport.people.roles import reaches
from rapport.rows.asking import Question

__all__ = ["Right"]

Row = TypeVar("Row", bound=Model)
_NO_ID = 2**63


def require(account: Account, right: Right) -> None:
    """Raises NotAllowed when the account lacks the right."""
    if not account.may(right):
        raise NotAllowed


def accounts_visible_to(account: Account) -> QuerySet[Account]:
    """Everybody of the company, for whoever is active: colleagues are assigned, mentioned and named in history."""
    return Account.objects.all() if account.is_active else Account.objects.none()


def accounts_managed_by(account: Account) -> QuerySet[Account]:
    """Accounts whose role, teams and activity this account may change."""
    return Account.objects.all() if account.may(Right.INSTALLATION) else Account.objects.none()


def roles_managed_by(account: Account) -> QuerySet[Role]:
    """Roles this account may look at and put together; how far it may go says `granting`."""
    return Role.objects.prefetch_related("rights") if account.may(Right.INSTALLATION) else Role.objects.none()


def roles_given_by(account: Account, keeping: Role | None = None) -> QuerySet[Role]:
    """Roles this account may give to somebody: none with more rights than its own. `keeping` stays a choice anyway."""
    within = [role.pk for role in roles_managed_by(account).filter(archived_at=None) if reaches(account, role)]
    return Role.objects.filter(pk__in=[*within, *([keeping.pk] if keeping else [])]).order_by("pk")


def invitations_managed_by(account: Account) -> QuerySet[Invitation]:
    """Unused invitations this account may see and withdraw."""
    if not account.may(Right.INSTALLATION):
        return Invitation.objects.none()
    return Invitation.objects.filter(used_at=None, account=None)


def teams_visible_to(account: Account) -> QuerySet[Team]:
    """Every living team, for whoever is active: conversations are handed to other teams too."""
    return Team.objects.filter(ended_at=None) if account.is_active else Team.objects.none()


def team_names(account: Account) -> list[tuple[int, str]]:
    """Id and name of the same teams, by name: every page with a list names them."""
    return [(pk, name) for pk, name in _team_names.ask()] if account.is_active else []


def expect_team_names() -> None:
    """Bring them along with what is asked now."""
    _team_names.expect()


def teams_managed_by(account: Account) -> QuerySet[Team]:
    """Living teams whose settings this account may change: all, or a supervisor's own."""
    if account.may(Right.INSTALLATION):
        return Team.objects.filter(ended_at=None)
    if account.may(Right.TEAM_SETTINGS):
        return Team.objects.filter(ended_at=None, pk__in=account.team_ids)
    return Team.objects.none()


def customers_visible_to(account: Account) -> QuerySet[Customer]:
    """Customers, for who reads what they write. Their conversations are judged one by one in conversations.access."""
    return Customer.objects.all() if account.may(Right.READ_MESSAGES) else Customer.objects.none()


def organisations_visible_to(account: Account) -> QuerySet[Organisation]:
    """Organisations, for who sees customers."""
    return Organisation.objects.all() if account.may(Right.READ_MESSAGES) else Organisation.objects.none()


def get_managed_account(account: Account, pk: int) -> Account:
    """An account to change. Raises NotFound."""
    return _found(accounts_managed_by(account).select_related("role"), pk)


def get_managed_role(account: Account, pk: int) -> Role:
    """A role to put together. Raises NotFound."""
    return _found(roles_managed_by(account), pk)


def get_managed_team(account: Account, pk: int) -> Team:
    """A team whose settings to change. Raises NotFound."""
    return _found(teams_managed_by(account), pk)


def get_managed_invitation(account: Account, pk: int) -> Invitation:
    """An unused invitation. Raises NotFound."""
    return _found(invitations_managed_by(account), pk)


def get_customer(account: Account, pk: int) -> Customer:
    """A customer. Raises NotFound."""
    return _found(customers_visible_to(account).select_related("organisation", "canonical"), pk)


def get_address(account: Account, customer: Customer, pk: int) -> CustomerAddress:
    """A mail address of a visible customer or of a row merged into it. Raises NotFound."""
    return _found(CustomerAddress.objects.filter(customer_id__in=_rows_of(account, customer)), pk)


def get_phone(account: Account, customer: Customer, pk: int) -> CustomerPhone:
    """A phone number of a visible customer or of a row merged into it. Raises NotFound."""
    return _found(CustomerPhone.objects.filter(customer_id__in=_rows_of(account, customer)), pk)


def get_note(account: Account, customer: Customer, pk: int) -> CustomerNote:
    """A note on a visible customer or on a row merged into it. Raises NotFound."""
    return _found(CustomerNote.objects.filter(customer_id__in=_rows_of(account, customer)), pk)


def get_organisation(account: Account, pk: int) -> Organisation:
    """An organisation. Raises NotFound."""
    return _found(organisations_visible_to(account), pk)


def get_card(account: Account, pk: int) -> Card:
    """A card that may be asked, for who sees customers. Raises NotFound."""
    cards = Card.objects.filter(active=True) if account.may(Right.READ_MESSAGES) else Card.objects.none()
    return _found(cards, pk)


def _rows_of(account: Account, customer: Customer) -> list[int]:
    return customer_family(customer) if account.may(Right.READ_MESSAGES) else []


def _found(rows: QuerySet[Row], pk: int) -> Row:
    found = rows.filter(pk=pk).first() if 0 < pk < _NO_ID else None
    if found is None:
        raise NotFound
    return found


_team_names = Question(lambda: Team.objects.filter(ended_at=None).order_by("name").values_list("pk", "name"))
