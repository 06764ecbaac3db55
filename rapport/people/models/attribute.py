"""The company's own facts about customers: what they are called, and their values where they are looked up."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from rapport.kit import clock
from rapport.people.models.customer import Customer


class Attribute(models.Model):
    """One fact that every customer may have. `key` never changes; `choices` is a list of words for the kind choice."""

    class Kind(models.TextChoices):
        """What a value is."""

        TEXT = "text", _("Text")
        NUMBER = "number", pgettext_lazy("a kind of field", "Number")
        DATE = "date", _("Date")
        CHOICE = "choice", _("Choice")
        BOOLEAN = "boolean", _("Yes or no")

    key = models.CharField(max_length=40, unique=True)
    label = models.CharField(max_length=80)
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.TEXT)
    choices = models.JSONField(default=list, blank=True)
    shown = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.label


class AttributeValue(models.Model):
    """One customer's value, to be found by: `folded` for words, dates (ISO) and yes/no, `number` for numbers."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="values")
    attribute = models.ForeignKey(Attribute, on_delete=models.CASCADE, related_name="values")
    folded = models.CharField(max_length=200, blank=True)
    number = models.FloatField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "attribute"], name="attribute_value_once")]
        indexes = [
            models.Index(fields=["attribute", "folded"], name="attribute_value_folded"),
            models.Index(fields=["attribute", "number"], name="attribute_value_number"),
        ]

    def __str__(self) -> str:
        return self.folded
