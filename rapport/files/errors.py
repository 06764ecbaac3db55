"""What can go wrong with files: a sentence for people, a code for machines, an HTTP status."""

from __future__ import annotations

from django.utils.translation import gettext as _


class FileRefusal(Exception):
    """Base of every refusal of this app; what it was made with is its sentence."""

    code = "refused"
    status = 400

    @property
    def sentence(self) -> str:
        """For people, in their language."""
        return str(self)


class FileMissing(FileRefusal):
    """A row names bytes that are not on disk."""

    code = "file_missing"
    status = 410

    def __init__(self, sha256: str) -> None:
        super().__init__(
            _("The stored file %(name)s… is not on disk. The message itself is safe; restore the file from a backup.")
            % {"name": sha256[:12]}
        )


class AddressRefused(FileRefusal):
    """A signed file address is broken, expired, or was made for somebody else."""

    code = "address_refused"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This link has expired or was not made for you. Open the conversation and try again."))


class UploadUnknown(FileRefusal):
    """A message names an upload that is not its author's or is already used."""

    code = "upload_unknown"
    status = 409

    def __init__(self) -> None:
        super().__init__(_("An attachment is no longer there. Your text is safe; attach the file again and send."))
