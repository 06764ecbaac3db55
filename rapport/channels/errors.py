"""What can go wrong with inboxes: a sentence for people, a code for machines, an HTTP status."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


class ChannelRefusal(Exception):
    """Base of every refusal of this app. Subclasses set the sentence, the code and the status."""

    sentence = _("This is not possible.")
    code = "refused"
    status = 400

    def __str__(self) -> str:
        return str(self.sentence)


class NotFound(ChannelRefusal):
    """There is no such inbox, or the account may not see it: the two look alike."""

    sentence = _("This inbox does not exist, or you may not see it.")
    code = "not_found"
    status = 404


class AddressTaken(ChannelRefusal):
    """One address, one inbox."""

    sentence = _("Another inbox has this address already.")
    code = "address_taken"
    status = 409
