"""What can go wrong when one macro's words go to many: as errors.py for everything else."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from rapport.conversations.errors import ConversationRefusal


class TooManyAtOnce(ConversationRefusal):
    """More conversations than one preview can be looked through. `most`: how many are possible."""

    code = "too_many_at_once"
    status = 413

    def __init__(self, count: int, most: int) -> None:
        super().__init__()
        self.count, self.most = count, most

    def __str__(self) -> str:
        facts = {"count": f"{self.count:,}", "most": f"{self.most:,}"}
        return _("Nothing was done: %(count)s conversations are selected, and %(most)s at once are possible.") % facts


class MacroChanged(ConversationRefusal):
    """Somebody changed the macro between the preview and the press."""

    sentence = _("The macro was changed since you looked. Nothing was sent: look at the new words, then send.")
    code = "macro_changed"
    status = 409


class PreviewTooOld(ConversationRefusal):
    """What was agreed upon was shown too long ago, or never."""

    sentence = _("Nothing was sent: what you looked at is too old by now. Look at it once more, then send.")
    code = "preview_too_old"
    status = 409
