"""Rows of the people app, one file per cluster."""

from rapport.people.models.account import Account, Invitation, Membership, Role, RoleRight, Team
from rapport.people.models.attribute import Attribute, AttributeValue
from rapport.people.models.card import Card
from rapport.people.models.customer import (
    BlockedSender,
    Customer,
    CustomerAddress,
    CustomerMerge,
    CustomerNote,
    CustomerPhone,
    Order,
    Organisation,
    OrganisationDomain,
)
from rapport.people.models.importing import ImportProblem, ImportRun
from rapport.people.models.installation import Installation
from rapport.people.models.submission import Submission

__all__ = [
    "Account",
    "Attribute",
    "AttributeValue",
    "BlockedSender",
    "Card",
    "Customer",
    "CustomerAddress",
    "CustomerMerge",
    "CustomerNote",
    "CustomerPhone",
    "ImportProblem",
    "ImportRun",
    "Installation",
    "Invitation",
    "Membership",
    "Order",
    "Organisation",
    "OrganisationDomain",
    "Role",
    "RoleRight",
    "Submission",
    "Team",
]
