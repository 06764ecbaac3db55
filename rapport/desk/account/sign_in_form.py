"""allauth's sign-in form in the product's words."""

from __future__ import annotations

from typing import Any

from allauth.account.forms import LoginForm
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth brings no types
    """Address, password, and whether this browser may be remembered; bounded, so that nobody feeds it megabytes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address, password, remember = (self.fields[name] for name in ("login", "password", "remember"))
        address.label, remember.label = _("E-mail address"), _("Stay signed in on this computer")
        address.validators.append(MaxLengthValidator(254))
        address.widget.attrs.update({"autocomplete": "username webauthn", "autofocus": True, "maxlength": 254})
        address.widget.attrs.pop("placeholder", None)
        password.validators.append(MaxLengthValidator(200))
        password.widget.attrs.pop("placeholder", None)
