"""Saved views, and how somebody has arranged their lists."""

from __future__ import annotations

from django.db import models

from rapport.kit import clock
from rapport.people.models import Account, Team


class View(models.Model):
    """A filter under a name, in an order. Personal (`owner`), of a team (`team`), or everybody's.

    `condition` is a filter as storing_filters writes it; `ordering` a key of ordering.ORDERS; `columns` names what the rows
    show (empty: the usual). `position` is its place among those of the same audience, until somebody arranges their own rail. `archived_at`
    takes it out of every rail.
    """

    name = models.CharField(max_length=80)
    icon = models.CharField(max_length=30, blank=True)
    condition = models.JSONField(default=dict)
    ordering = models.CharField(max_length=20, default="activity")
    columns = models.JSONField(default=list)
    position = models.PositiveIntegerField(default=0)
    owner = models.ForeignKey(Account, null=True, on_delete=models.CASCADE, related_name="views")
    team = models.ForeignKey(Team, null=True, on_delete=models.CASCADE, related_name="views")
    created_by = models.ForeignKey(Account, null=True, on_delete=models.SET_NULL, related_name="+")
    changed_at = models.DateTimeField(default=clock.now)
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(owner__isnull=True) | models.Q(team__isnull=True), name="view_one_audience"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def key(self) -> str:
        """How addresses name it: `v17`."""
        return self.key_of(self.pk)

    @staticmethod
    def key_of(pk: int) -> str:
        """How addresses name the view of this id."""
        return f"v{pk}"


class Arrangement(models.Model):
    """How somebody has arranged rail and lists; who has not has none.

    `places` are keys of views in the order of the rail, `hidden` those that are not shown there. `density` is "" or
    "compact"; `orders` and `columns` say by view key what differs from the view's own, `layouts` by what a view is a board
    (boards.By) where it is no list.
    """

    account = models.OneToOneField(Account, on_delete=models.CASCADE, primary_key=True, related_name="arrangement")
    places = models.JSONField(default=list)
    hidden = models.JSONField(default=list)
    density = models.CharField(max_length=10, blank=True)
    orders = models.JSONField(default=dict)
    columns = models.JSONField(default=dict)
    layouts = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"arrangement of {self.account_id}"
