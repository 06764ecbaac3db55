"""Rows of the people app, one file per cluster."""

from rapport.people.models.account import Account, Invitation, Membership, Role, RoleRight, Team
from rapport.people.models.customer import Customer, CustomerAddress, Order, Organisation, OrganisationDomain
from rapport.people.models.installation import Installation

__all__ = [
    "Account",
    "Customer",
    "CustomerAddress",
    "Installation",
    "Invitation",
    "Membership",
    "Order",
    "Organisation",
    "OrganisationDomain",
    "Role",
    "RoleRight",
    "Team",
]
