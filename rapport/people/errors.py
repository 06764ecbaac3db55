"""What can go wrong here: a sentence for people, a code for machines, an HTTP status."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class PeopleRefusal(Exception):
    """Base of every refusal of this app. Subclasses set the sentence, the code and the status."""

    sentence = _("This is not possible.")
    code = "refused"
    status = 400

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(PeopleRefusal):
    """There is no such row, or the account may not see it: the two look alike."""

    sentence = _("This does not exist, or you may not see it.")
    code = "not_found"
    status = 404


class NotAllowed(PeopleRefusal):
    """The account lacks the right."""

    sentence = _("Your role does not allow this. Ask an administrator of your company.")
    code = "not_allowed"
    status = 403


class AlreadyMember(PeopleRefusal):
    """The invited address belongs to an active account."""

    sentence = _("This address belongs to someone who can already sign in.")
    code = "already_member"
    status = 409


class InvitationSpent(PeopleRefusal):
    """Unknown, used, replaced or expired: a visitor is not told which."""

    sentence = _("This link has been used or is too old. Ask your administrator for a new one.")
    code = "invitation_spent"
    status = 410


class LastOwner(PeopleRefusal):
    """Without an active owner nobody could hand out rights any more."""

    sentence = _("This is the last owner. Make somebody else an owner first.")
    code = "last_owner"
    status = 409


class OnlyOwners(PeopleRefusal):
    """Only an owner makes, changes or ends an owner."""

    sentence = _("Only an owner can do this to an owner or make somebody an owner.")
    code = "only_owners"
    status = 403


class MoreThanOwn(PeopleRefusal):
    """Nobody hands out rights they do not hold, nor decides over somebody who holds more."""

    sentence = _("This role has rights that you do not have yourself. Ask somebody who has them.")
    code = "more_than_own"
    status = 403


class RoleNameTaken(PeopleRefusal):
    """Role names differ, archived ones included."""

    sentence = _("Another role has this name already.")
    code = "role_name_taken"
    status = 409


class RoleInUse(PeopleRefusal):
    """A role that somebody has, or is invited to, cannot be archived."""

    sentence = _("Somebody has this role or is invited to it. Give them another one first.")
    code = "role_in_use"
    status = 409


class OwnersHaveAll(PeopleRefusal):
    """The owner's role keeps every right and is never archived, so that nobody locks the company out."""

    sentence = _("The owner's role always has every right.")
    code = "owners_have_all"
    status = 409


class RightMissing(PeopleRefusal):
    """A right was given without the one it needs. `right` and `needs` are their names."""

    code = "right_missing"

    def __init__(self, right: str, needs: str) -> None:
        super().__init__(right, needs)
        self.right, self.needs = right, needs

    def __str__(self) -> str:
        return _("“%(right)s” needs “%(needs)s” too.") % {"right": self.right, "needs": self.needs}


class NoSuchRole(PeopleRefusal):
    """A role key that no row carries."""

    sentence = _("There is no such role.")
    code = "no_such_role"


class NoSuchAccount(PeopleRefusal):
    """No account has this address (told to operators at the command line only)."""

    sentence = _("No account has this address.")
    code = "no_such_account"
    status = 404


class NoSuchTeam(PeopleRefusal):
    """A team name that no living team carries."""

    sentence = _("There is no team of this name.")
    code = "no_such_team"
    status = 404


class TeamNameTaken(PeopleRefusal):
    """Team names are unique, ended teams included."""

    sentence = _("Another team has this name already.")
    code = "team_name_taken"
    status = 409


class CannotMerge(PeopleRefusal):
    """A customer cannot be merged with itself or with what was merged into it."""

    sentence = _("These two are the same customer already.")
    code = "cannot_merge"
    status = 409


class NotMerged(PeopleRefusal):
    """There is no merge to undo."""

    sentence = _("This customer is not merged into another one.")
    code = "not_merged"
    status = 409


class PublicMailDomain(PeopleRefusal):
    """Everybody can have an address there, so it says nothing of the company somebody works for."""

    sentence = _("Anybody can have an address at this domain, so it cannot stand for one organisation.")
    code = "public_mail_domain"


class DomainTaken(PeopleRefusal):
    """A domain belongs to one organisation."""

    sentence = _("This domain belongs to another organisation.")
    code = "domain_taken"
    status = 409


class AlreadySetUp(PeopleRefusal):
    """The first run is over as soon as one account exists."""

    sentence = _("Rapport is set up already. Sign in instead.")
    code = "already_set_up"
    status = 409


class WrongCode(PeopleRefusal):
    """The one-time code of the first run does not fit."""

    sentence = _("This is not the code that Rapport printed when it last started.")
    code = "wrong_code"
    status = 403


class NoSuchNumber(PeopleRefusal):
    """Not a phone number, or one without its country's code where none is set."""

    sentence = _("This is not a phone number. Write it with its country’s code, such as +49 30 1234567.")
    code = "no_such_number"


class NoSuchAddress(PeopleRefusal):
    """Not a mail address."""

    sentence = _("This is not a mail address. It looks like name@example.org.")
    code = "no_such_address"


class AddressTaken(PeopleRefusal):
    """An address belongs to one customer. `holder`: whose it is."""

    sentence = _("This address belongs to another customer. If they are the same person, merge the two.")
    code = "address_taken"
    status = 409

    def __init__(self, holder: int) -> None:
        super().__init__()
        self.holder = holder


class NoName(PeopleRefusal):
    """A customer made by hand has a name."""

    sentence = _("A name is needed.")
    code = "no_name"


class UnknownChoice(PeopleRefusal):
    """A value that no list knows."""

    sentence = _("This is none of the choices.")
    code = "unknown_choice"


class NothingWritten(PeopleRefusal):
    """An empty note."""

    sentence = _("There is nothing in it yet. Write something first.")
    code = "nothing_written"


class NotYours(PeopleRefusal):
    """Somebody else wrote it."""

    sentence = _("Only who wrote this note may remove it.")
    code = "not_yours"
    status = 403


class NoAddress(PeopleRefusal):
    """Blocking needs an address to block."""

    sentence = _("This customer has no mail address, so there is nothing to block.")
    code = "no_address"
    status = 409


class OwnAddress(PeopleRefusal):
    """Colleagues are not blocked."""

    sentence = _("A colleague uses this address or domain, so it cannot be blocked.")
    code = "own_address"
    status = 409


class WrongValue(PeopleRefusal):
    """A value that does not fit its attribute."""

    sentence = _("“%(value)s” does not fit %(label)s.")
    code = "wrong_value"

    def __init__(self, label: str, value: str) -> None:
        super().__init__()
        self.label, self.value = label, value

    def __str__(self) -> str:
        return str(self.sentence) % {"value": self.value[:60], "label": self.label}


class KeyTaken(PeopleRefusal):
    """Keys of attributes are unique, archived ones included, and there is a most."""

    sentence = _("There is such an attribute already, maybe an archived one, or there are too many.")
    code = "key_taken"
    status = 409


class NoChoices(PeopleRefusal):
    """An attribute of the kind choice without any."""

    sentence = _("Write at least one choice.")
    code = "no_choices"


class UnsafeLink(PeopleRefusal):
    """A link that leads to no web page."""

    sentence = _("A link begins with https:// or http:// and names a server.")
    code = "unsafe_link"


class OutOfBounds(PeopleRefusal):
    """A number beyond what the product can keep."""

    sentence = _("Choose a number of seconds from 0 to 60.")
    code = "out_of_bounds"


class NoReach(PeopleRefusal):
    """A row of an import that names nobody, or somebody unknown by number alone."""

    sentence = _("No customer: an address is needed, or the number of somebody who is known.")
    code = "no_reach"


class SeveralPeople(PeopleRefusal):
    """Addresses or numbers of one row belong to different customers."""

    sentence = _("These addresses or numbers belong to several customers. Merge them first if they are one person.")
    code = "several_people"
    status = 409


class WrongTable(PeopleRefusal):
    """A file that holds no table, or a mapping that cannot work."""

    sentence = _("This file cannot be read as a table. Save it as CSV, with the names of the columns in the first row.")
    code = "wrong_table"


class WrongMapping(PeopleRefusal):
    """A column that is needed stands nowhere."""

    sentence = _("A column is missing: say which one holds %(what)s.")
    code = "wrong_mapping"

    def __init__(self, what: str) -> None:
        super().__init__()
        self.what = what

    def __str__(self) -> str:
        return str(self.sentence) % {"what": self.what}


class NoSuchCardSecret(PeopleRefusal):
    """Not a secret of Standard Webhooks."""

    sentence = _("A secret is whsec_ and at least 24 bytes in base64. Leave it empty and one is made.")
    code = "bad_secret"


class NotAColour(PeopleRefusal):
    """Anything but `#rrggbb`: the words go into a style sheet, so nothing else may stand there."""

    sentence = _("Write a colour as # and six digits or letters from a to f, like #2a4d9e. Nothing was changed.")
    code = "not_a_colour"


class LogoRefused(PeopleRefusal):
    """No picture of the four kinds that are drawn anew, damaged, or too large."""

    sentence = _(
        "This file cannot be a logo: use a PNG, JPEG, GIF or WebP picture of at most 1 MB. An SVG drawing can be exported as PNG. Nothing was changed."
    )
    code = "logo_refused"


class Unreadable(PeopleRefusal):
    """A row of a file that is no row: quotes that never close, more than a cell holds."""

    sentence = _("This row cannot be read.")
    code = "unreadable"


class SentMeanwhile(PeopleRefusal):
    """Two requests with one form at the same moment: the other one has done it."""

    sentence = _("This was being sent already. It was done once; load the page again to see it.")
    code = "sent_meanwhile"
    status = 409
