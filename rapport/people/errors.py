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
