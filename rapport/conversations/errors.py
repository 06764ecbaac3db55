"""What can go wrong with conversations: a sentence for people, a code for machines, an HTTP status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from rapport.conversations.models import Message

from rapport.ui.lists import listed


class ConversationRefusal(Exception):
    """Base of every refusal of this app. Subclasses set the sentence, the code and the status."""

    sentence = _("This is not possible.")
    code = "refused"
    status = 400

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(ConversationRefusal):
    """There is no such row, or the account may not see it: the two look alike."""

    sentence = _("This does not exist, or you may not see it.")
    code = "not_found"
    status = 404


class NotAllowed(ConversationRefusal):
    """The account sees the conversation but its role lacks the right."""

    sentence = _("Your role does not allow this. Ask an administrator of your company.")
    code = "not_allowed"
    status = 403


class SomeoneAnswered(ConversationRefusal):
    """The customer or a colleague wrote after what the author had read. `since` holds those messages, oldest first."""

    sentence = _(
        "Someone wrote since you last looked. Nothing was sent and your text is safe: read it, then send again."
    )
    code = "someone_answered"
    status = 409

    def __init__(self, since: list[Message]) -> None:
        super().__init__()
        self.since = since


class NothingToSay(ConversationRefusal):
    """A reply or note without text and without attachments."""

    sentence = _("There is nothing to send yet. Write something or attach a file.")
    code = "nothing_to_say"


class NotFilled(ConversationRefusal):
    """A reply in which a placeholder still stands."""

    code = "not_filled"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__()
        self.names = names

    def __str__(self) -> str:
        shown = listed(f"{{{{{name}}}}}" for name in self.names)
        return _("Not sent: %s still has to be filled in. Your text is safe.") % shown


class PictureMissing(ConversationRefusal):
    """A picture stands in the text whose file is not among the uploads: it would arrive as an empty frame."""

    sentence = _(
        "Not sent: a picture in your text was not stored. Your text is safe: take the picture out or insert it again."
    )
    code = "picture_missing"


class TooLong(ConversationRefusal):
    """More text than one message holds. `most`: letters, markup included."""

    code = "too_long"
    status = 413

    def __init__(self, length: int, most: int) -> None:
        super().__init__()
        self.length, self.most = length, most

    def __str__(self) -> str:
        said = _("Nothing was sent or kept: this text has %(length)s characters, and %(most)s are possible.")
        advice = _("It is whole on your screen. Attach the long part as a file.")
        return f"{said % {'length': f'{self.length:,}', 'most': f'{self.most:,}'}} {advice}"


class NoRecipient(ConversationRefusal):
    """A reply that would reach nobody."""

    sentence = _("Nobody would receive this. Add an address first.")
    code = "no_recipient"


class PartOfConversation(ConversationRefusal):
    """Words that must stay beside a conversation would reach somebody who takes part in it."""

    code = "part_of_conversation"
    status = 409

    def __init__(self, email: str) -> None:
        super().__init__()
        self.email = email

    def __str__(self) -> str:
        return (
            _("Not sent: %s takes part in the conversation itself. Write a reply there instead. Your text is safe.")
            % self.email
        )


class OneColleague(ConversationRefusal):
    """A question by mail to several people: its answer could not be told from a stranger's."""

    sentence = _(
        "Not sent: ask one colleague at a time, so that each answer is known for whose it is. Your text is safe."
    )
    code = "one_colleague"


class OwnInbox(ConversationRefusal):
    """A question or a letter aside to an inbox of the company itself: the mail would come straight back."""

    sentence = _(
        "Not sent: this is the address of one of your own inboxes. Write a note that mentions the team instead. Your text is safe."
    )
    code = "own_inbox"
    status = 409


class NoInbox(ConversationRefusal):
    """The inbox a reply would be sent from is gone."""

    sentence = _("The inbox of this conversation was removed, so nothing can be sent from it. Your text is safe.")
    code = "no_inbox"
    status = 409


class TooLate(ConversationRefusal):
    """The reply has been released already, or is held no more."""

    sentence = _("This reply has been sent already and cannot be taken back.")
    code = "too_late"
    status = 409


class CannotMerge(ConversationRefusal):
    """A conversation cannot be merged with itself or twice."""

    sentence = _("These two are the same conversation already.")
    code = "cannot_merge"
    status = 409


class CannotLink(ConversationRefusal):
    """A conversation belongs to itself already, and nothing is both the cause and a case of another."""

    sentence = _("These two cannot be linked in this way: they are the same, or linked the other way round.")
    code = "cannot_link"
    status = 409


class NotMerged(ConversationRefusal):
    """There is no merge to undo."""

    sentence = _("This conversation is not merged into another one.")
    code = "not_merged"
    status = 409


class CannotSplit(ConversationRefusal):
    """A split must leave something behind, and moves only finished messages of one conversation."""

    sentence = _("Choose some, but not all, of the messages of this conversation.")
    code = "cannot_split"
    status = 409


class NotSplit(ConversationRefusal):
    """There is no split to undo."""

    sentence = _("This conversation was not split off from another one.")
    code = "not_split"
    status = 409


class CannotAssign(ConversationRefusal):
    """Only active colleagues who may reply can be responsible."""

    sentence = _("This colleague cannot answer customers, so nothing can be assigned to them.")
    code = "cannot_assign"
    status = 409


class AssignedMeanwhile(ConversationRefusal):
    """Somebody else assigned it first."""

    sentence = _("Someone else assigned this conversation a moment ago. Look again before you change it.")
    code = "assigned_meanwhile"
    status = 409


class NotInThePast(ConversationRefusal):
    """A snooze must end later than now."""

    sentence = _("Choose a time that lies ahead.")
    code = "not_in_the_past"


class NoName(ConversationRefusal):
    """A tag or subject of nothing but blanks."""

    sentence = _("This needs at least one letter.")
    code = "no_name"


class NoSubject(ConversationRefusal):
    """A new conversation without a subject."""

    sentence = _("Say in a few words what it is about: this needs a subject.")
    code = "no_subject"


class CameBack(ConversationRefusal):
    """Words came into the draft from elsewhere, a reply that came back mostly, and this page does not show them."""

    sentence = _(
        "Your draft here has got further words since: a reply that came back, or what you wrote on another page. "
        "They are safe. Nothing of this text was sent or kept: copy it, then load the page again."
    )
    code = "came_back"
    status = 409


class TooManyNamed(ConversationRefusal):
    """More things ticked or attached in one go than one act takes."""

    code = "too_many_named"
    status = 413

    def __init__(self, count: int, most: int) -> None:
        super().__init__()
        self.count, self.most = count, most

    def __str__(self) -> str:
        said = _("Nothing was sent or changed: this names %(count)s at once, and %(most)s are possible.")
        advice = _("Your text is whole on your screen. Take some away and do the rest afterwards.")
        return f"{said % {'count': f'{self.count:,}', 'most': f'{self.most:,}'}} {advice}"


class NotHeld(ConversationRefusal):
    """The message does not wait for a decision."""

    sentence = _("This message does not wait for anybody.")
    code = "not_held"
    status = 409


class WrongValue(ConversationRefusal):
    """Something that a custom field cannot hold. The sentence says why."""

    code = "wrong_value"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    def __str__(self) -> str:
        return self.why

    @classmethod
    def of_options(cls, most: int) -> WrongValue:
        """Too few or too many of something."""
        return cls(_("Write at least one, and at most %(n)d.") % {"n": most})

    @classmethod
    def of_parent(cls, value: str, parent: str) -> WrongValue:
        """A choice that does not go with another one."""
        return cls(_("“%(value)s” does not go with what stands in %(parent)s.") % {"value": value, "parent": parent})


class FieldsMissing(ConversationRefusal):
    """Fields that must be filled in before closing are empty. `names` says which."""

    code = "fields_missing"
    status = 409

    def __init__(self, number: int, names: list[str]) -> None:
        super().__init__()
        self.number, self.names = number, names

    def __str__(self) -> str:
        facts = {"number": self.number, "names": listed(self.names)}
        return _("#%(number)s is not closed: fill in %(names)s first. Nothing is lost.") % facts


class MoveForbidden(ConversationRefusal):
    """The company does not allow this step from one status to another."""

    code = "move_forbidden"
    status = 409

    def __init__(self, source: str, target: str) -> None:
        super().__init__()
        self.source, self.target = source, target

    def __str__(self) -> str:
        facts = {"source": self.source, "target": self.target}
        return _("From “%(source)s” your company allows no step to “%(target)s”. Nothing was changed.") % facts


class NameTaken(ConversationRefusal):
    """Another one is called so already."""

    sentence = _("There is one of this name already.")
    code = "name_taken"
    status = 409


class UnknownStatus(ConversationRefusal):
    """A value outside the closed set."""

    sentence = _("There is no such choice.")
    code = "unknown_choice"


class TooMany(ConversationRefusal):
    """More of something than anybody can look through."""

    sentence = _("There are as many as there can be. Archive one that nobody needs, then try again.")
    code = "too_many"
    status = 409


class TooManyToMerge(ConversationRefusal):
    """More conversations at once than anybody could look through after the merge."""

    sentence = _("At most 20 conversations are merged at once. Nothing was changed; select fewer.")
    code = "too_many_to_merge"


class OwnLetterBegun(ConversationRefusal):
    """A letter or question of one's own stands where a colleague's would come: they may be meant for different people."""

    sentence = _(
        "You have begun one of your own here, perhaps to somebody else, so the two were not put together. "
        "Send yours or empty it first. Nothing was changed."
    )
    code = "own_letter_begun"
    status = 409


class TakenOver(ConversationRefusal):
    """A colleague has gone on with what was written here; sent twice it would arrive twice."""

    code = "taken_over"
    status = 409

    def __init__(self, who: str) -> None:
        super().__init__()
        self.who = who

    def __str__(self) -> str:
        said = _("%(who)s has gone on with this since. Nothing of it was sent or kept here.")
        advice = _("Your text is whole on your screen: copy what you still need, then load the page again.")
        return f"{said % {'who': self.who or _('A colleague')}} {advice}"
