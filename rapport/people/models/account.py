"""Accounts, roles, teams, invitations."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from rapport.kit import clock
from rapport.people.rights import BUILT_IN_ROLES, Right
from rapport.rows.asking import Question


class Role(models.Model):
    """A named set of rights. The built-in ones were there from the start. An archived one is given to nobody any more."""

    key = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    built_in = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        """Its name; that of a built-in role in the reader's language, unless somebody renamed it."""
        seed = BUILT_IN_ROLES.get(self.key) if self.built_in else None
        return gettext(self.name) if seed is not None and seed[0] == self.name else self.name


class RoleRight(models.Model):
    """One right of one role."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="rights")
    right = models.CharField(max_length=60, choices=Right.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "right"], name="role_right_once")]

    def __str__(self) -> str:
        return self.right


class Team(models.Model):
    """A group that shares conversations. `signature_html` closes the replies written in its name."""

    name = models.CharField(max_length=80, unique=True)
    signature_html = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class AccountManager(BaseUserManager["Account"]):
    """Makes accounts; addresses are kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> Account:
        """Create an account. Without a password it cannot sign in until one is set by invitation or reset."""
        account = self.model(email=email.strip().lower(), **fields)
        account.set_password(password)
        account.save(using=self._db)
        return account

    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(email=(username or "").strip().lower())


class Account(AbstractBaseUser):
    """Someone of the company who signs in. Ended accounts keep their row, because history names them.

    `access_version` grows whenever role, teams, password, second factor or activity change; sessions and open
    streams that carry an older one end. `undo_seconds`: how long own replies wait before they leave, None as the
    company says; `single_keys`: whether one letter alone is a shortcut.
    """

    class Start(models.TextChoices):
        TODAY = "today", _("Today")
        INBOX = "inbox", _("Inbox")

    email = models.EmailField(max_length=254, unique=True)
    name = models.CharField(max_length=120)
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="accounts")
    is_active = models.BooleanField(default=True)
    start_page = models.CharField(max_length=8, choices=Start.choices, default=Start.TODAY)
    access_version = models.PositiveIntegerField(default=1)
    language = models.CharField(max_length=12, default="en")
    time_zone = models.CharField(max_length=64, blank=True)
    mail_notifications = models.BooleanField(default=True)
    signature_html = models.TextField(blank=True)
    undo_seconds = models.PositiveSmallIntegerField(null=True)
    single_keys = models.BooleanField(default=True, db_default=True)
    created_at = models.DateTimeField(default=clock.now)
    teams = models.ManyToManyField(Team, through="Membership", related_name="members")

    objects: ClassVar[AccountManager] = AccountManager()
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    @cached_property
    def rights(self) -> frozenset[str]:
        """The rights of this account's role; empty for an account that has ended."""
        if not self.is_active:
            return frozenset()
        return frozenset(right for (right,) in _rights.ask(self.role_id or 0))

    @cached_property
    def team_ids(self) -> frozenset[int]:
        """Ids of the living teams this account belongs to."""
        if not self.is_active:
            return frozenset()
        return frozenset(team for (team,) in _teams.ask(self.pk or 0))

    def may(self, right: Right) -> bool:
        """Whether this account holds the right, wherever it applies."""
        return right.value in self.rights


class Membership(models.Model):
    """An account belongs to a team."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="memberships")
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="memberships")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "team"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.account_id} in {self.team_id}"


class Invitation(models.Model):
    """A single-use, expiring way in. Only a hash of the token is kept.

    `account` is set for a password reset by the operator and for an invitation that has been used.
    """

    email = models.EmailField(max_length=254)
    name = models.CharField(max_length=120, blank=True)
    role = models.ForeignKey(Role, on_delete=models.PROTECT)
    teams = models.ManyToManyField(Team, blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    account = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.email


# Every request asks these.
_rights = Question(lambda role_id: RoleRight.objects.filter(role_id=role_id).values_list("right"))
_teams = Question(
    lambda account_id: Membership.objects.filter(account_id=account_id, team__ended_at__isnull=True).values_list(
        "team_id"
    )
)
