"""What can go wrong with arrivals: a sentence for people, a code for machines, an HTTP status."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext as _

from rapport.intake import budget


class Limit(StrEnum):
    """A bound of one mail's reading that no cut can keep, so that its reader ends."""

    TIME = "time"
    MEMORY = "memory"

    def as_sentence(self) -> str:
        """For people: what the message was too much for."""
        if self is Limit.TIME:
            return _("Reading it took more processor time than a message of its size may take.")
        return _("Reading it took more memory than a message may take (%(megabytes)d MB).") % {
            "megabytes": budget.MEMORY // (1024 * 1024)
        }


class ParseFailed(Exception):
    """The parse child ended over one message. The message itself is stored and safe.

    `limit`: the bound it met, None when the child died of something else.
    """

    code = "parse_failed"
    status = 422

    def __init__(self, reason: str, *, limit: Limit | None = None) -> None:
        super().__init__(f"The parse child {reason}.")
        self.reason = reason
        self.limit = limit


class NothingToImport(Exception):
    """A path given to the import holds no mail in a form we know."""

    code = "nothing_to_import"
    status = 400

    def __init__(self, path: str) -> None:
        super().__init__(
            _(
                "%(path)s is neither an mbox file, a Maildir, a folder of .eml files nor a single mail. Nothing was changed."
            )
            % {"path": path}
        )
