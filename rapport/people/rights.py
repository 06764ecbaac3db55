"""The closed set of rights, and what the built-in roles start with. Roles are rows; this is only their seed."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


BUILT_IN_ROLES: dict[str, tuple[str, tuple[Right, ...]]] = {
    "owner": ("Owner", tuple(Right)),
    "administrator": ("Administrator", tuple(Right)),
    "supervisor": (
        "Supervisor",
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
        "Agent",
        (Right.SEE_TEAM, Right.READ_MESSAGES, Right.REPLY, Right.NOTE, Right.MANAGE, Right.EDIT_CUSTOMERS),
    ),
    "colleague": ("Colleague", (Right.NOTE,)),
}
