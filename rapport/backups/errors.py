"""Why a backup or a restore cannot be. The texts are sentences for the operator, with the cure."""


class BackupRefused(Exception):
    """The backup or the restore cannot be done like this; nothing was changed."""


class ArchiveDamaged(BackupRefused):
    """The archive is not what `rapport backup` wrote: cut off, altered, or no archive at all."""
