"""Looking at the key of a link that sets a new password: the same work whether its account exists or not."""

from __future__ import annotations

from allauth.account.forms import UserTokenForm
from django import forms

from rapport.people.models import Account


class ResetKeyForm(UserTokenForm):  # type: ignore[misc]  # allauth brings no types
    """The account that a link names, and whether its key is right. An ended account is as good as none."""

    uidb36 = forms.CharField(max_length=13)
    key = forms.CharField(max_length=100)

    def _get_user(self, uidb36: str | None) -> Account | None:
        found = super()._get_user(uidb36 or "")
        if isinstance(found, Account) and found.is_active:
            return found
        # The key is held against nobody's account, so that time tells nothing of which ones there are.
        self.token_generator.check_token(Account(pk=0, email="nobody@example.invalid"), self.data.get("key"))
        return None
