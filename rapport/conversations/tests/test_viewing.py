"""The parts of a view together are what the rule of visibility says, page by page."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from django.db.models import Q

from rapport.conversations import access, listing, viewing
from rapport.conversations.models import Conversation, Involvement, SharedTeam
from rapport.kit import clock

WHAT = {
    **{status: Q(status=status) for status in ("open", "waiting", "snoozed", "closed", "spam")},
    "unassigned": Q(status="open", assignee=None),
}


@pytest.fixture
def scattered(cast):
    """Forty conversations of every kind, shared, followed and merged at random; some of one instant."""
    rng, now = random.Random(4), clock.now()
    people = [cast.ana, cast.sam, cast.ben, cast.kim, cast.eva]
    made = Conversation.objects.bulk_create(
        Conversation(
            channel="email", status=rng.choice(["open", "open", *WHAT.keys() - {"unassigned"}]),
            team=rng.choice([cast.shop, cast.drivers, None]), assignee=rng.choice([None, *people]),
            inbox=rng.choice([cast.inbox, cast.drivers_inbox, cast.spare_inbox, None]),
            last_message_at=now - timedelta(minutes=rng.randrange(25)),
        )
        for _ in range(40)
    )  # fmt: skip
    Conversation.objects.filter(pk__in=[made[3].pk, made[4].pk]).update(merged_into=made[5])
    for conversation in rng.sample(made, 12):
        SharedTeam.objects.create(conversation=conversation, team=rng.choice([cast.shop, cast.drivers]))
    for conversation in rng.sample(made, 15):
        for reason in rng.sample(list(Involvement.Reason), 2):
            Involvement.objects.create(conversation=conversation, account=rng.choice(people), reason=reason)
    Conversation.objects.filter(pk=made[6].pk).update(status="closed", last_message_at=now)
    return [cast.flora, *people]


@pytest.mark.parametrize("most_parts", [viewing.MOST_PARTS, 0])
def test_every_view_shows_whom_it_may_all_they_may_see_and_counts_them(cast, scattered, monkeypatch, most_parts):
    monkeypatch.setattr(viewing, "MOST_PARTS", most_parts)
    for account in scattered:
        mentions = Involvement.objects.filter(account=account).exclude(reason="following").values("conversation")
        views = WHAT | {
            "mine": Q(status="open", assignee=account),
            "mentions": Q(status__in=["open", "waiting", "snoozed"], pk__in=mentions),
            **{f"team:{team.pk}": Q(status="open", team=team) for team in (cast.shop, cast.drivers)},
        }
        counts = listing.counts(account)
        for view, what in views.items():
            seen = access.conversations_visible_to(account).filter(what, merged_into=None)
            expected = list(seen.order_by("-last_message_at", "-pk").values_list("pk", flat=True))
            assert all_pages(account, view) == expected, (account, view)
            assert view == "closed" or counts.get(view, 0) == len(expected), (account, view)


def all_pages(account, view):
    found, after = [], None
    while True:
        page = listing.inbox_page(account, view=view, after=after, limit=3)
        found += [row.number for row in page.rows]
        after = page.after
        if after is None:
            return found
