"""A practice inbox is opened in a real installation, and its first letter written; later it is removed."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from rapport.channels import configuring
from rapport.channels.configuring import Setup
from rapport.channels.contract import Address
from rapport.channels.models import Inbox
from rapport.intake.models import RawMessage
from rapport.kit import clock
from rapport.people import installing, speaking
from rapport.people.models import Account, Team
from rapport.practice import writing
from rapport.practice.reading import Mailbox

# A domain that nobody can own (RFC 2606), so that no mail to it can reach anybody.
DOMAIN = "practice.example"
ADDRESS = f"hello@{DOMAIN}"
_PEOPLE = (("ida", "Ida Petersen"), ("jonas", "Jonas Weber"), ("mei", "Mei Tanaka"))


def mailboxes() -> list[Mailbox]:
    """Who one can write as. Their names say in every list that they are not real."""
    return [Mailbox(key, _("%(name)s (practice)") % {"name": name}, f"{key}@{DOMAIN}") for key, name in _PEOPLE]


def inbox() -> Inbox | None:
    """The practice inbox, while there is one."""
    if installing.current().practice_since is None:
        return None
    return Inbox.objects.filter(address=ADDRESS, settings__practice=True).first()


@transaction.atomic
def open_inbox(*, team: Team | None, by: Account) -> Inbox:
    """The practice inbox, made now if there is none. What is answered from it lies in a folder and goes nowhere."""
    found = inbox()
    if found is not None:
        return found
    with translation.override(speaking.company()):
        name = _("Practice")
    setup = Setup(
        name=name,
        address=ADDRESS,
        display_name=installing.current().company_name,
        team=team,
        settings={"transport": "folder", "practice": True, "plus_addressing": True},
    )
    made = configuring.create(setup, by=by)
    installation = installing.current()
    installation.practice_since = clock.now()
    installation.save(update_fields=["practice_since"])
    return made


def write_first(*, subject: str, words: str) -> RawMessage | None:
    """Let the first letter arrive, as a mail server would hand it in; None if one was written before.

    Raises OSError or DatabaseError like the mail door.
    """
    present = inbox()
    if present is None or RawMessage.objects.filter(inbox=present, source="practice").exists():
        return None
    sender = mailboxes()[0]
    return writing.write(words, sender=Address(sender.email, sender.name), inbox=present, subject=subject)


def is_possible() -> bool:
    """Whether there is anything to practise with: the demo's customers, or a practice inbox."""
    return bool(settings.ENVIRONMENT.demo) or installing.current().practice_since is not None
