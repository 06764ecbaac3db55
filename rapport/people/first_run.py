"""The first run: whoever reads the terminal proves it with a one-time code and becomes the owner."""

from __future__ import annotations

import hashlib
import hmac

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from rapport.events import auditing
from rapport.kit.secrets import random_token
from rapport.people import installing, speaking
from rapport.people.errors import AlreadySetUp, WrongCode
from rapport.people.models import Account, Installation
from rapport.people.recognising import address_key
from rapport.people.roles import OWNER, role
from rapport.people.setting_up import STEPS

CODE_BITS = 130


def is_open() -> bool:
    """Whether nobody has an account yet."""
    return not Account.objects.exists()


@transaction.atomic
def code() -> str:
    """A fresh one-time code to print at start, in groups of letters and digits; empty once somebody has an account.

    Older codes stop working. Only a hash is kept.
    """
    if not is_open():
        return ""
    fresh = random_token(CODE_BITS)
    installing.current()
    Installation.objects.update(first_run_sha256=_hash(fresh))
    return "-".join(fresh[start : start + 5] for start in range(0, len(fresh), 5))


def fits(typed: str) -> bool:
    """Whether this is the code; case, spaces and dashes do not matter."""
    expected = installing.current().first_run_sha256
    return bool(expected) and hmac.compare_digest(expected, _hash(typed))


@transaction.atomic
def begin(typed: str, *, company: str, name: str, email: str, password: str) -> Account:
    """Make the first account, an owner, and name the company. The code is spent. Both speak as the page does.

    Raises AlreadySetUp, WrongCode, and Django's ValidationError for a password that is too weak.
    """
    installing.current()
    installation = Installation.objects.select_for_update().get()
    if not is_open():
        raise AlreadySetUp
    if not fits(typed):
        raise WrongCode
    validate_password(password, Account(email=address_key(email), name=name))
    language = speaking.of_page()
    owner = Account.objects.create_user(
        address_key(email), password, name=name.strip(), role=role(OWNER), language=language
    )
    installation.language = language
    installation.company_name, installation.first_run_sha256 = company.strip(), ""
    installation.setup = {"next": STEPS[0]}
    installation.save(update_fields=["language", "company_name", "first_run_sha256", "setup"])
    auditing.changed("account.created", owner, by=owner, after=auditing.state(owner, "email", "name", "role"))
    return owner


def _hash(typed: str) -> str:
    bare = "".join(char for char in typed.lower() if char.isalnum())
    return hashlib.sha256(bare.encode()).hexdigest()
