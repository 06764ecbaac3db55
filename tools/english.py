"""The catalogue of English, which nobody translates: sentences of packages in our words.

allauth writes Like This and calls a passkey a security key. Our own words are the source's; how English (US) writes days
and hours stands in `rapport/ui/calendars.py`. It has no catalogue of its own: gettext would read that for all English.
"""

from __future__ import annotations

LOCALE, SAME = "en", "en_US"
# Sentences of packages that people meet here, in our words.
_OTHERWISE = {
    "A new security key has been added.": "A passkey was added.",
    "A new set of Two-Factor Authentication recovery codes has been generated.": "New recovery codes were made.",
    "A new set of recovery codes has been generated.": "New recovery codes were made.",
    "A security key has been removed.": "A passkey was removed.",
    "Activate": "Turn on",
    "Activate Authenticator App": "Turn on the authenticator app",
    "Add Security Key": "Add a passkey",
    "An authenticator app is not active.": "No authenticator app is in use.",
    "Are you sure you want to remove this security key?": "Remove this passkey? It will not let you in any more.",
    "Authentication using an authenticator app is active.": "An authenticator app is in use.",
    "Authenticator App": "Authenticator app",
    "Authenticator App Activated": "Authenticator app turned on",
    "Authenticator App Deactivated": "Authenticator app turned off",
    "Authenticator app activated.": "The authenticator app is in use now.",
    "Authenticator app deactivated.": "The authenticator app is turned off.",
    "Bad Token": "This link is spent",
    "Change Password": "Change password",
    "Confirm Access": "Is it you?",
    "Create Passkey": "Make a passkey",
    "Current Password": "Present password",
    "Deactivate": "Turn off",
    "Deactivate Authenticator App": "Turn off the authenticator app",
    "Edit Security Key": "Change the passkey",
    "Email": "E-mail",
    "Email address": "E-mail address",
    "Incorrect password.": "This is not your password.",
    "Master key": "Passkey",
    "New Password": "New password",
    "New Password (again)": "New password, once more",
    "New Recovery Codes Generated": "New recovery codes",
    "No recovery codes set up.": "There are no recovery codes.",
    "No security keys have been added.": "There is no passkey yet.",
    "Password Changed": "Password changed",
    "Password Reset": "New password",
    "Password Reset Email": "A new password for Rapport",
    "Password successfully changed.": "Your password is changed.",
    "Please reauthenticate to safeguard your account.": "This changes how you sign in, so Rapport asks once more.",
    "Please type your current password.": "This is not your present password.",
    "Recovery Codes": "Recovery codes",
    "Remove Security Key": "Remove the passkey",
    "Set Password": "Set a password",
    "Sign In": "Sign in",
    "Sign Out": "Sign out",
    "Security Key Added": "Passkey added",
    "Security Key Removed": "Passkey removed",
    "Security Keys": "Passkeys",
    "Security key": "Passkey",
    "Security key added.": "The passkey is added.",
    "Security key removed.": "The passkey is removed.",
    "The email address and/or password you specified are not correct.": "Address and password do not belong together.",
    "The password reset link was invalid, possibly because it has already been used.  Please request a "
    '<a href="%(passwd_reset_url)s">new password reset</a>.': "It has been used, or is too old. "
    '<a href="%(passwd_reset_url)s">Ask for a new link</a>.',
    "There is %(unused_count)s out of %(total_count)s recovery codes available.\0"
    "There are %(unused_count)s out of %(total_count)s recovery codes available.": "%(unused_count)s of "
    "%(total_count)s recovery codes is left.\0%(unused_count)s of %(total_count)s recovery codes are left.",
    "This action will invalidate your existing codes.": "The codes you have now will not work any more.",
    "Two-Factor Authentication": "Second factor",
    "Use a security key": "Use a passkey",
    "You are about to deactivate authenticator app based authentication. Are you sure?": "Without it, your password "
    "alone lets somebody in. Turn the authenticator app off?",
    "You are about to generate a new set of recovery codes for your account.": "New recovery codes are made for you.",
    "You have added %(count)s security key.\0You have added %(count)s security keys.": "You have %(count)s passkey.\0"
    "You have %(count)s passkeys.",
}


def pairs() -> dict[str, str]:
    """What the compiled catalogue holds."""
    return {"": "Content-Type: text/plain; charset=UTF-8\nPlural-Forms: nplurals=2; plural=(n != 1);\n", **_OTHERWISE}
