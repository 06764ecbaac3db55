"""The conversation and the rows that hang on it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.channels.models import Inbox
from rapport.kit import clock
from rapport.people.models import Account, Customer, Organisation, Team

NOT_MERGED = models.Q(merged_into__isnull=True)
WAITS = NOT_MERGED & models.Q(waiting_since__isnull=False)
# The status of a side conversation (models.SideConversation): no choice of anybody, and in no list.
ASIDE = "aside"


class Conversation(models.Model):
    """A case. Its number for people is its id. What lists filter or sort by is a column here, kept by the verbs.

    `waiting_since` is the time of the oldest customer message nobody has answered. `merged_into` points to the living
    conversation; the messages stay where they are and are read through the link. Its own columns then also count what
    was merged into it. `held_count` counts strangers' messages that wait for an agent. Up to `answered_message_id` its own
    messages were answered, up to `settled_message_id` somebody settled them without (closed, waiting for the customer).
    `own_status_id` names the company's own status within `status` (standing.py); `fields` holds the values of custom
    fields by their ids (filling.py), `checklists` what is to be ticked (ticking.py): few, small, and read with it always.
    """

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        WAITING = "waiting", _("Waiting for customer")
        SNOOZED = "snoozed", _("Snoozed")
        CLOSED = "closed", _("Closed")
        SPAM = "spam", _("Spam")

    class Priority(models.IntegerChoices):
        LOW = 0, _("Low")
        NORMAL = 1, _("Normal")
        HIGH = 2, _("High")
        URGENT = 3, _("Urgent")

    class Stage(models.TextChoices):
        UNKNOWN = "", _("Not set")
        BEFORE = "before", _("Before purchase")
        DURING = "during", _("During purchase")
        AFTER = "after", _("After purchase")

    subject = models.CharField(max_length=500, blank=True)
    preview = models.CharField(max_length=200, blank=True)
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.OPEN)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NORMAL)
    stage = models.CharField(max_length=10, choices=Stage.choices, blank=True)
    channel = models.CharField(max_length=20)
    inbox = models.ForeignKey(Inbox, null=True, on_delete=models.SET_NULL, related_name="conversations")
    team = models.ForeignKey(Team, null=True, on_delete=models.SET_NULL, related_name="conversations")
    assignee = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="assigned")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.PROTECT, related_name="conversations")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.SET_NULL, related_name="conversations")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged_from")
    split_from = models.ForeignKey("self", null=True, on_delete=models.SET_NULL, related_name="split_off")
    tags: models.ManyToManyField[Tag, ConversationTag] = models.ManyToManyField(
        "Tag", through="ConversationTag", related_name="conversations"
    )
    created_at = models.DateTimeField(default=clock.now)
    first_customer_message_at = models.DateTimeField(null=True)
    last_customer_message_at = models.DateTimeField(null=True)
    first_agent_message_at = models.DateTimeField(null=True)
    last_agent_message_at = models.DateTimeField(null=True)
    last_message_at = models.DateTimeField(default=clock.now)
    last_message_id = models.BigIntegerField(default=0)
    message_count = models.PositiveIntegerField(default=0)
    attachment_count = models.PositiveIntegerField(default=0)
    answered_message_id = models.BigIntegerField(default=0)
    settled_message_id = models.BigIntegerField(default=0)
    waiting_since = models.DateTimeField(null=True)
    snoozed_until = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    status_before_spam = models.CharField(max_length=10, blank=True)
    held_count = models.PositiveIntegerField(default=0)
    attention = models.CharField(max_length=200, blank=True)
    # Plain nullable columns: their coming and going rebuilds no table of a million rows.
    own_status_id = models.BigIntegerField(null=True)
    fields = models.JSONField(null=True)
    checklists = models.JSONField(null=True)

    class Meta:
        # Last in most of them stands the condition's own column: only then does SQLite read lists and counts from an index
        # alone, where each row else costs a page of the table.
        indexes = [
            models.Index(
                fields=["status", "team", "-last_message_at", "-id", "merged_into"],
                name="conversation_team",
                condition=NOT_MERGED,
            ),
            models.Index(
                fields=["status", "-last_message_at", "-id", "merged_into"],
                name="conversation_status",
                condition=NOT_MERGED,
            ),
            models.Index(
                fields=["assignee", "status", "-last_message_at", "-id"],
                name="conversation_assignee",
                condition=NOT_MERGED,
            ),
            models.Index(
                fields=["status", "team", "assignee", "inbox", "merged_into"],
                name="conversation_counts",
                condition=NOT_MERGED,
            ),
            models.Index(
                fields=["status", "team", "-last_message_at", "-id", "merged_into"],
                name="conversation_unassigned",
                condition=NOT_MERGED & models.Q(assignee__isnull=True),
            ),
            models.Index(fields=["customer", "-last_message_at"], name="conversation_customer"),
            models.Index(
                fields=["snoozed_until"], name="conversation_snooze", condition=models.Q(snoozed_until__isnull=False)
            ),
            # The orders of conversations/ordering.py, each within the teams and over all.
            models.Index(
                fields=["status", "team", "waiting_since", "id", "merged_into"],
                name="conversation_team_wait",
                condition=WAITS,
            ),
            models.Index(
                fields=["status", "waiting_since", "id", "merged_into"], name="conversation_wait", condition=WAITS
            ),
            models.Index(
                fields=["status", "team", "created_at", "id", "merged_into"],
                name="conversation_team_age",
                condition=NOT_MERGED,
            ),
            models.Index(
                fields=["status", "created_at", "id", "merged_into"], name="conversation_age", condition=NOT_MERGED
            ),
            models.Index(
                fields=["status", "team", "priority", "created_at", "id", "merged_into"],
                name="conversation_team_priority",
                condition=NOT_MERGED,
            ),
            models.Index(
                fields=["status", "priority", "created_at", "id", "merged_into"],
                name="conversation_priority",
                condition=NOT_MERGED,
            ),
            models.Index(
                fields=["own_status_id", "-last_message_at", "-id"],
                name="conversation_own_status",
                condition=NOT_MERGED & models.Q(own_status_id__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def number(self) -> int:
        """The number people say: #1042."""
        return int(self.pk)

    @property
    def is_merged(self) -> bool:
        """Whether another conversation stands for this one."""
        return self.merged_into_id is not None

    @property
    def is_aside(self) -> bool:
        """Whether this is a talk with somebody else beside another conversation."""
        return self.status == ASIDE


class ViewCount(models.Model):
    """How many conversations the views hold, as sums: rows of one key add up to its number. Closed, merged: not counted.

    Triggers on the conversation table add a row with each change, in its transaction; `counting.fold` sums rows up.
    0 stands for none; the inbox is told only where there is no team.
    """

    status = models.CharField(max_length=10)
    team = models.BigIntegerField()
    inbox = models.BigIntegerField()
    assignee = models.BigIntegerField()
    number = models.IntegerField()

    class Meta:
        # All a sum needs stands in it: with many teams and people a viewer's own are few of the rows.
        indexes = [models.Index(fields=["team", "inbox", "status", "assignee", "number"], name="view_count_sums")]

    def __str__(self) -> str:
        return f"{self.number} {self.status} in {self.team}"


class Tag(models.Model):
    """A word to find conversations by; unique without regard to case because names are kept folded beside.

    Nobody is offered an archived one, and who uses its word brings it back. One that was merged keeps its row:
    `canonical` names the tag that stands for it, wherever the old word is used.
    """

    class Colour(models.TextChoices):
        NONE = "", _("None")
        ROSE = "rose", _("Rose")
        AMBER = "amber", _("Amber")
        GREEN = "green", _("Green")
        TEAL = "teal", _("Teal")
        BLUE = "blue", _("Blue")
        VIOLET = "violet", _("Violet")

    name = models.CharField(max_length=60)
    folded = models.CharField(max_length=60, unique=True)
    colour = models.CharField(max_length=10, choices=Colour.choices, blank=True, default=Colour.NONE)
    description = models.CharField(max_length=200, blank=True, default="")
    archived_at = models.DateTimeField(null=True)
    canonical = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")

    def __str__(self) -> str:
        return self.name


class ConversationTag(models.Model):
    """A conversation carries a tag. `was`: the tag it carried before that one was merged into another."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE)
    was = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "tag"], name="conversation_tag_once")]

    def __str__(self) -> str:
        return f"{self.conversation_id}:{self.tag_id}"


class Listed(models.Model):
    """A way to a conversation beyond one's own teams, with what lists sort it by and counts ask, so that neither looks there.

    All are copies that triggers keep (migration 0016); the status of what was merged is empty: in no list. `begun_at` is
    the conversation's `created_at`; `in_team`, `in_inbox` and `held_by` are the ids of its team, inbox and assignee.
    """

    status = models.CharField(max_length=10, default="", editable=False)
    last_message_at = models.DateTimeField(default=clock.now, editable=False)
    waiting_since = models.DateTimeField(null=True, editable=False)
    begun_at = models.DateTimeField(null=True, editable=False)
    priority = models.SmallIntegerField(null=True, editable=False)
    in_team = models.BigIntegerField(null=True, editable=False)
    in_inbox = models.BigIntegerField(null=True, editable=False)
    held_by = models.BigIntegerField(null=True, editable=False)

    class Meta:
        abstract = True


class SharedTeam(Listed):
    """A further team that sees a conversation, because the same mail also reached an inbox of that team."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="shared_teams")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "conversation"], name="shared_team_once")]
        indexes = [
            models.Index(fields=["team", "status", "-last_message_at", "-conversation"], name="shared_team_listed"),
            models.Index(
                fields=["team", "status", "waiting_since", "conversation"],
                name="shared_team_wait",
                condition=models.Q(waiting_since__isnull=False),
            ),
            models.Index(fields=["team", "status", "begun_at", "conversation"], name="shared_team_age"),
            models.Index(
                fields=["team", "status", "priority", "begun_at", "conversation"], name="shared_team_priority"
            ),
            models.Index(
                fields=["team", "status", "conversation", "in_team", "in_inbox", "held_by"], name="shared_team_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id} also {self.team_id}"


class Participant(models.Model):
    """An outside address of a conversation. Only requesters and copies that an agent accepted count for threading."""

    class Role(models.TextChoices):
        REQUESTER = "requester", _("Requester")
        COPY = "copy", _("Copy")
        SUGGESTED = "suggested", _("Suggested")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    customer = models.ForeignKey(Customer, null=True, on_delete=models.SET_NULL, related_name="+")
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=160, blank=True)
    role = models.CharField(max_length=10, choices=Role.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["conversation", "email"], name="participant_once")]

    def __str__(self) -> str:
        return self.email


class Involvement(Listed):
    """An account may see one conversation beyond its teams: it follows, was mentioned, or was asked."""

    class Reason(models.TextChoices):
        FOLLOWING = "following", _("Following")
        MENTIONED = "mentioned", _("Mentioned")
        ASKED = "asked", _("Asked")

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="involvements")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="involvements")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "conversation", "reason"], name="involvement_once")]
        indexes = [
            models.Index(
                fields=["account", "status", "-last_message_at", "-conversation", "reason"], name="involvement_listed"
            ),
            models.Index(
                fields=["account", "status", "waiting_since", "conversation", "reason"],
                name="involvement_wait",
                condition=models.Q(waiting_since__isnull=False),
            ),
            models.Index(fields=["account", "status", "begun_at", "conversation", "reason"], name="involvement_age"),
            models.Index(
                fields=["account", "status", "priority", "begun_at", "conversation", "reason"],
                name="involvement_priority",
            ),
            models.Index(
                fields=["account", "status", "conversation", "reason", "in_team", "in_inbox", "held_by"],
                name="involvement_counts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.account_id} {self.reason} {self.conversation_id}"


class ReadMark(models.Model):
    """How far an account has read a conversation; unread means the last message lies beyond."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    message_id = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "conversation"], name="read_mark_once")]

    def __str__(self) -> str:
        return f"{self.account_id} read {self.conversation_id} to {self.message_id}"
