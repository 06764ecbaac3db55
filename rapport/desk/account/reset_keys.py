"""The keys in the links that set a new password. Apart from the form that looks at them: allauth imports this first."""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class ResetKeys(PasswordResetTokenGenerator):
    """Keys that end with the password, the last sign-in and the address they were made for.

    allauth's own ones also read the rows it keeps of further addresses, and write a missing one. An account has one
    address, and Django's key holds it: so a key is judged by the account alone, and opening a link changes nothing.
    """
