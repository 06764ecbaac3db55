"""What stands beside a conversation: talks with others about it, other conversations, questions to colleagues by mail."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.conversations.models.conversation import Conversation
from rapport.conversations.models.message import Message
from rapport.kit import clock
from rapport.people.models import Account


class SideConversation(models.Model):
    """A conversation with somebody else about `main`; its own row has the status ASIDE, so that no list holds it.

    `about`: the message that was quoted or, with `is_forward`, forwarded. `done_at` is taken off by the next answer.
    `told_id`: the newest of their messages that the main conversation was marked unread for.
    """

    conversation = models.OneToOneField(
        Conversation, primary_key=True, on_delete=models.CASCADE, related_name="side_conversation"
    )
    main = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="side_conversations")
    about = models.ForeignKey(Message, null=True, on_delete=models.SET_NULL, related_name="+")
    is_forward = models.BooleanField(default=False)
    begun_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    done_at = models.DateTimeField(null=True)
    told_id = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"#{self.conversation_id} beside #{self.main_id}"


class Link(models.Model):
    """Two conversations belong together. `one` is the incident or the child; related ones stand in the order of ids."""

    class Kind(models.TextChoices):
        RELATED = "related", _("Related")
        INCIDENT = "incident", _("Incident of a problem")
        CHILD = "child", _("Part of a larger matter")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    one = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="links_from")
    other = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="links_to")
    created_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["one", "other", "kind"], name="link_once"),
            models.CheckConstraint(condition=~models.Q(one=models.F("other")), name="link_of_two"),
        ]

    def __str__(self) -> str:
        return f"#{self.one_id} {self.kind} #{self.other_id}"


class Question(models.Model):
    """A note that was also sent by mail to one colleague without an account; the answer becomes a note.

    Its references are bound to this row: they count for `email` (as `address_key` writes it) alone. `context`: HTML of
    the message `about_id` as it goes along below the note's words, because the asker chose it.
    """

    message = models.OneToOneField(Message, primary_key=True, on_delete=models.CASCADE, related_name="question")
    email = models.CharField(max_length=254)
    name = models.CharField(max_length=160, blank=True)
    context = models.TextField(blank=True)
    about_id = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.message_id} to {self.email}"
