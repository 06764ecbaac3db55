"""allauth's form for a forgotten password in the product's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import ResetPasswordForm
from django.utils.translation import gettext_lazy as _


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]  # allauth brings no types
    """The address alone, named as everywhere."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = self.fields["email"]
        address.label = _("E-mail address")
        address.widget.attrs.pop("placeholder", None)
