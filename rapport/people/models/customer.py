"""Customers, how they are reached, and their organisations."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from rapport.kit import clock
from rapport.people.models.account import Account


class Organisation(models.Model):
    """A customer's company, recognised by the domains of its people's addresses."""

    name = models.CharField(max_length=160, db_index=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name


class OrganisationDomain(models.Model):
    """Mail from this domain belongs to the organisation. Never a public mail provider's domain."""

    organisation = models.ForeignKey(Organisation, on_delete=models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=253, unique=True)

    def __str__(self) -> str:
        return self.domain


class Customer(models.Model):
    """A person who writes to the company. A merged one points to the living row by `canonical`.

    `attributes` holds the company's own facts by the keys of people.models.Attribute; AttributeValue repeats them where
    they can be looked up. `time_zone` is an IANA name. `phone` is the first of the numbers in CustomerPhone, kept by
    people.addressing. `notes` stands at the head of the profile; what colleagues add with name and time is a CustomerNote.
    """

    class Channel(models.TextChoices):
        """How somebody likes to be reached."""

        NONE = "", _("No preference")
        EMAIL = "email", _("E-mail")
        PHONE = "phone", _("Phone")
        CHAT = "chat", _("Chat")
        POST = "post", _("Letter")

    name = models.CharField(max_length=160, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )
    canonical = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    language = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    notes = models.TextField(blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=12, blank=True, choices=Channel.choices)
    form_of_address = models.CharField(max_length=80, blank=True)
    preferences = models.CharField(max_length=300, blank=True)
    vip = models.BooleanField(default=False)
    attributes = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        indexes = [
            models.Index(fields=["id"], name="customer_vip", condition=models.Q(vip=True)),
            models.Index(fields=["language", "id"], name="customer_language", condition=~models.Q(language="")),
        ]

    def __str__(self) -> str:
        return self.name or f"customer {self.pk}"


class CustomerAddress(models.Model):
    """One mail address of a customer, lower case. `verified` says the customer proved it, not that mail named it.

    `primary`: the one to write to first; where none is, the one known longest.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    email = models.CharField(max_length=254, unique=True)
    verified = models.BooleanField(default=False)
    primary = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.email


class CustomerPhone(models.Model):
    """One phone number of a customer: E.164 (`+49301234567`), or as it was written before numbers were checked."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="phones")
    number = models.CharField(max_length=40, db_index=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "number"], name="customer_phone_once")]

    def __str__(self) -> str:
        return self.number


class CustomerNote(models.Model):
    """What colleagues should know of a customer. `author` None: written before authors were kept, or imported."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="remarks")
    author = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    text = models.TextField()
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.text[:60]


class CustomerMerge(models.Model):
    """One merge, with what it changed on the customer who stays: `before` and `after` by field, so that undo is whole."""

    merged = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    into = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="+")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=clock.now)
    undone_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.merged_id} into {self.into_id}"


class Order(models.Model):
    """Something the customer bought. `total_cents` in the smallest unit of `currency` (ISO 4217).

    `lines`: `[{"name": "Tulips", "quantity": "12"}, …]`. `link`: the order in the shop's own system, http or https.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    number = models.CharField(max_length=40, unique=True)
    summary = models.CharField(max_length=200)
    status = models.CharField(max_length=40)
    total_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    lines = models.JSONField(default=list, blank=True)
    link = models.CharField(max_length=500, blank=True)
    placed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number


class BlockedSender(models.Model):
    """An address or a domain whose mail goes to the spam. `stopped` counts the mails it kept out of the inbox."""

    value = models.CharField(max_length=254, unique=True)
    is_domain = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True)
    by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    stopped = models.PositiveIntegerField(default=0)
    last_stopped_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.value
