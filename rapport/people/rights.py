"""The closed set of rights, and what the built-in roles start with. Roles are rows; this is only their seed."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop


class Right(TextChoices):
    """One thing an account may do. Code asks for a right, never for a role."""

    SEE_ALL = "conversations.see_all", _("See every conversation")
    SEE_TEAM = "conversations.see_team", _("See conversations of own teams")
    READ_MESSAGES = "conversations.read_messages", _("Read messages from and to customers")
    REPLY = "conversations.reply", _("Reply to customers")
    NOTE = "conversations.note", _("Write notes")
    MANAGE = "conversations.manage", _("Assign, tag, close, merge and split conversations")
    EDIT_CUSTOMERS = "customers.edit", _("Edit and merge customers")
    TEAM_SETTINGS = "settings.team", _("Change settings of own teams")
    INSTALLATION = "settings.installation", _("Change every setting, inboxes and people")
    STATUS = "status.see", _("See the status page and retry deliveries")
    AUDIT = "audit.see", _("See who changed which setting")


# What each right means for a working day, for the page where roles are put together.
MEANS: dict[str, Any] = {
    Right.SEE_ALL: _("All teams and inboxes, whoever they belong to."),
    Right.SEE_TEAM: _("What belongs to their teams, and what nobody has taken yet in the inboxes of their teams."),
    Right.READ_MESSAGES: _("Without it, they see subjects and notes where they are asked, never a customer's words."),
    Right.REPLY: _("Also begin new conversations, and be assigned to them."),
    Right.NOTE: _("Also follow conversations and keep macros of their own."),
    Right.MANAGE: _("Also snooze, mark as spam, set priority and apply macros that do so."),
    Right.EDIT_CUSTOMERS: _("Names, addresses, organisations; and say that two of them are one person."),
    Right.TEAM_SETTINGS: _("Members, signature and macros of the teams they belong to."),
    Right.INSTALLATION: _("Invite and end people, give them teams and roles up to their own, connect mailboxes."),
    Right.AUDIT: _("Every change of a setting, with what stood there before."),
    Right.STATUS: _("What runs, what waits and what failed; send again what did not arrive."),
}

# A right that is worth nothing without another one.
NEEDS: dict[str, Right] = {
    Right.REPLY: Right.READ_MESSAGES,
    Right.EDIT_CUSTOMERS: Right.READ_MESSAGES,
}

# By the beginning of a right's name: what it is about.
KINDS = (
    ("conversations", _("Conversations")),
    ("customers", _("Customers")),
    ("settings", _("Settings")),
    ("audit", _("Audit")),
    ("status", _("Operation")),
)


BUILT_IN_ROLES: dict[str, tuple[str, tuple[Right, ...]]] = {
    "owner": (gettext_noop("Owner"), tuple(Right)),
    "administrator": (gettext_noop("Administrator"), tuple(Right)),
    "supervisor": (
        gettext_noop("Supervisor"),
        (
            Right.SEE_TEAM,
            Right.READ_MESSAGES,
            Right.REPLY,
            Right.NOTE,
            Right.MANAGE,
            Right.EDIT_CUSTOMERS,
            Right.TEAM_SETTINGS,
            Right.STATUS,
        ),
    ),
    "agent": (
        gettext_noop("Agent"),
        (Right.SEE_TEAM, Right.READ_MESSAGES, Right.REPLY, Right.NOTE, Right.MANAGE, Right.EDIT_CUSTOMERS),
    ),
    "colleague": (gettext_noop("Colleague"), (Right.NOTE,)),
}
