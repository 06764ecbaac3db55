"""Customers and their organisations."""

from __future__ import annotations

from django.db import models

from rapport.kit import clock


class Organisation(models.Model):
    """A customer's company, recognised by the domains of its people's addresses."""

    name = models.CharField(max_length=160)
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
    """A person who writes to the company. A merged one points to the living row by `canonical`."""

    name = models.CharField(max_length=160, blank=True)
    organisation = models.ForeignKey(
        Organisation, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )
    canonical = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged")
    language = models.CharField(max_length=12, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.name or f"customer {self.pk}"


class CustomerAddress(models.Model):
    """One mail address of a customer, lower case. `verified` says the customer proved it, not that mail named it."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="addresses")
    email = models.CharField(max_length=254, unique=True)
    verified = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return self.email


class Order(models.Model):
    """Something the customer bought. `total_cents` in the smallest unit of `currency` (ISO 4217)."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="orders")
    number = models.CharField(max_length=40, unique=True)
    summary = models.CharField(max_length=200)
    status = models.CharField(max_length=40)
    total_cents = models.BigIntegerField(default=0)
    currency = models.CharField(max_length=3, default="EUR")
    placed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.number
