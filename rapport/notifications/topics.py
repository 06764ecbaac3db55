"""What people are told of, why, and how they get it unless they say otherwise. Words only: nothing here asks the database."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_noop as noop


class Topic(TextChoices):
    """What one can have a rule about, in the order of the rules page."""

    MENTIONED = "mentioned", gettext_lazy("A colleague mentions me or my team")
    ASSIGNED = "assigned", gettext_lazy("A conversation is assigned to me")
    TEAM = "team", gettext_lazy("A conversation is handed to my team")
    ANSWERED = "answered", gettext_lazy("A customer writes in one of mine")
    FOLLOWED = "followed", gettext_lazy("A customer writes in one I follow")
    NOTE = "note", gettext_lazy("A note in one of mine, or in one I follow")
    TROUBLE = "trouble", gettext_lazy("A reply of mine came back or could not be delivered")
    WOKEN = "woken", gettext_lazy("A snooze ends")
    TAKEN = "taken", gettext_lazy("A colleague goes on with my draft")
    REOPENED = "reopened", gettext_lazy("A colleague opens one of mine again")


class By(TextChoices):
    """When a mail is written about a topic."""

    NOW = "now", gettext_lazy("At once")
    DIGEST = "digest", gettext_lazy("In the daily digest")
    NEVER = "never", gettext_lazy("No mail")


class Why(TextChoices):
    """Why somebody is told, in a sentence they read."""

    ASSIGNEE = "assignee", gettext_lazy("You get this because you are responsible for this conversation.")
    ASSIGNED = "assigned", gettext_lazy("You get this because the conversation was assigned to you.")
    FOLLOWER = "follower", gettext_lazy("You get this because you follow this conversation.")
    MENTIONED = "mentioned", gettext_lazy("You get this because a colleague mentioned you.")
    TEAM_MENTIONED = "team_mentioned", gettext_lazy("You get this because a colleague mentioned your team.")
    MEMBER = "member", gettext_lazy("You get this because you belong to the team that it was handed to.")
    AUTHOR = "author", gettext_lazy("You get this because you wrote the reply.")
    ASKED = "asked", gettext_lazy("You get this because you asked a colleague by mail.")
    SNOOZED = "snoozed", gettext_lazy("You get this because you put the conversation away until now.")
    DRAFTED = "drafted", gettext_lazy("You get this because you began the draft.")


class Said(TextChoices):
    """What happened."""

    WROTE = "wrote"
    STRANGER = "stranger"
    NOTED = "noted"
    MENTIONED = "mentioned"
    TEAM_MENTIONED = "team_mentioned"
    ASSIGNED = "assigned"
    MOVED = "moved"
    RETURNED = "returned"
    FAILED = "failed"
    POSSIBLY_SENT = "possibly_sent"
    BOUNCED = "bounced"
    WOKEN = "woken"
    TAKEN = "taken"
    REOPENED = "reopened"
    ASIDE = "aside"
    ANSWERED = "answered"
    NOT_ASKED = "not_asked"


# Words of others: told and shown to those only who read messages.
FROM_OUTSIDE = frozenset({Said.WROTE, Said.STRANGER, Said.ASIDE})
_SENTENCES = {
    Said.WROTE: noop("%(who)s wrote in “%(subject)s”"),
    Said.STRANGER: noop("%(who)s, who does not take part, wrote in “%(subject)s”"),
    Said.ASIDE: noop("%(who)s, who was asked aside, wrote about “%(subject)s”"),
    Said.NOTED: noop("%(who)s wrote a note in “%(subject)s”"),
    Said.ANSWERED: noop("%(who)s answered your question by mail in “%(subject)s”"),
    Said.NOT_ASKED: noop("Your question by mail in “%(subject)s” may not have arrived"),
    Said.MENTIONED: noop("%(who)s mentioned you in “%(subject)s”"),
    Said.TEAM_MENTIONED: noop("%(who)s mentioned your team in “%(subject)s”"),
    Said.ASSIGNED: noop("%(who)s assigned “%(subject)s” to you"),
    Said.MOVED: noop("%(who)s handed “%(subject)s” to your team"),
    Said.RETURNED: noop("Your reply in “%(subject)s” was not sent, because somebody wrote first"),
    Said.FAILED: noop("Your reply in “%(subject)s” could not be delivered"),
    Said.POSSIBLY_SENT: noop("It is not certain that your reply in “%(subject)s” was sent"),
    Said.BOUNCED: noop("Your reply in “%(subject)s” did not reach everybody"),
    Said.WOKEN: noop("“%(subject)s” is back from its snooze"),
    Said.TAKEN: noop("%(who)s goes on with your draft in “%(subject)s”"),
    Said.REOPENED: noop("%(who)s opened “%(subject)s” again"),
}
_BY_NOBODY = {
    Said.ASSIGNED: noop("“%(subject)s” was assigned to you"),
    Said.MOVED: noop("“%(subject)s” was handed to your team"),
}
_TOPICS = {
    Said.NOTED: Topic.NOTE,
    Said.ANSWERED: Topic.NOTE,
    Said.NOT_ASKED: Topic.TROUBLE,
    Said.MENTIONED: Topic.MENTIONED,
    Said.TEAM_MENTIONED: Topic.MENTIONED,
    Said.ASSIGNED: Topic.ASSIGNED,
    Said.MOVED: Topic.TEAM,
    Said.RETURNED: Topic.TROUBLE,
    Said.FAILED: Topic.TROUBLE,
    Said.POSSIBLY_SENT: Topic.TROUBLE,
    Said.BOUNCED: Topic.TROUBLE,
    Said.WOKEN: Topic.WOKEN,
    Said.TAKEN: Topic.TAKEN,
    Said.REOPENED: Topic.REOPENED,
}


@dataclass(frozen=True, slots=True)
class Wish:
    """How somebody wants to be told of a topic."""

    bell: bool
    mail: By
    push: bool = False


# Mail and push about what waits for oneself; the bell alone for what one would see anyway.
_SEEN_ANYWAY = frozenset({Topic.TEAM, Topic.WOKEN, Topic.TAKEN, Topic.REOPENED})
DEFAULTS = {
    topic: Wish(bell=True, mail=By.NEVER if topic in _SEEN_ANYWAY else By.NOW, push=topic not in _SEEN_ANYWAY)
    for topic in Topic
}


def topic_of(said: Said, why: Why) -> Topic:
    """The rule that decides about it."""
    if said in FROM_OUTSIDE:
        return Topic.FOLLOWED if why == Why.FOLLOWER else Topic.ANSWERED
    return _TOPICS[said]


def sentence(said: str, *, who: str, subject: str) -> str:
    """What happened, in the reader's language, without a full stop."""
    kind = Said(said)
    pattern = _BY_NOBODY.get(kind) if not who else None
    facts = {"who": who or _("Somebody"), "subject": subject or _("(no subject)")}
    return _(pattern or _SENTENCES[kind]) % facts
