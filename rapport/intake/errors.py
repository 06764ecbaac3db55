"""What can go wrong with arrivals: a sentence for people, a code for machines, an HTTP status."""

from __future__ import annotations

from django.utils.translation import gettext as _


class ParseFailed(Exception):
    """The parse child died or took too long over one message. The message itself is stored and safe."""

    code = "parse_failed"
    status = 422

    def __init__(self, reason: str) -> None:
        super().__init__(f"The parse child {reason}.")
        self.reason = reason


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
