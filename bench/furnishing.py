"""What the newer pages show, in an installation that bench.seeding filled: saved views, news, drafts, organisations, orders,
custom attributes and fields, macros, a log of changed settings. Written once; a second run finds it and does nothing.

As a program: python -m bench.furnishing   (in the environment of the installation)
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rapport.people.models import Account

MARK = "Urgent and mine"
NOTHING = "xylograph"  # a word in no subject
ORGANISATIONS = 200
STEP = 50  # every so many customers has orders
_ORDERS = 60_000
# Eight views of everybody: those that an index leads to, those that are looked for along the list, one that holds nothing.
VIEWS: Sequence[tuple[str, str, str]] = (
    (MARK, "status:open assignee:me priority:urgent", "priority"),
    ("My teams wait", "status:open team:mine is:unanswered", "waiting"),
    ("Tagged", "status:open tag:tag-4", "activity"),
    ("Not tagged", "status:open tag:none", "age"),
    ("About nothing", f"status:open subject:{NOTHING}", "activity"),
    ("Unread", "status:open is:unread", "activity"),
    ("With a file", "has:attachment", "activity"),
    ("Nobody’s", "status:open assignee:nobody", "waiting"),
)


def furnish() -> None:
    """All of it, in one transaction."""
    from django.db import transaction

    from rapport.conversations.models import View
    from rapport.people.models import Account

    if View.objects.filter(name=MARK).exists():
        return
    agent = Account.objects.get(email="agent1@bench.example")
    with transaction.atomic():
        _views()
        _own(agent)
        _customers()
        _company(Account.objects.get(email="owner@bench.example"))


def _views() -> None:
    from rapport.conversations import filtering, storing_filters
    from rapport.conversations.models import View

    for position, (name, query, ordering) in enumerate(VIEWS):
        condition = storing_filters.to_json(filtering.parse_query(query))
        View.objects.create(name=name, condition=condition, ordering=ordering, position=position)


def _own(agent: Account) -> None:
    """News, drafts, mentions, what waits to go out and what comes back today, of the agent who is measured."""
    from rapport.conversations import access
    from rapport.conversations.models import Conversation, Draft, Involvement
    from rapport.kit import clock
    from rapport.notifications.models import Notification

    now = clock.now()
    seen = access.conversations_visible_to(agent).filter(merged_into=None, status="open").order_by("-pk")
    numbers = list(seen.values_list("pk", flat=True)[:400])
    kinds = (
        ("mentioned", "mentioned", "mentioned"),
        ("assigned", "assigned", "assigned"),
        ("answered", "wrote", "assignee"),
    )
    Notification.objects.bulk_create(
        Notification(
            account=agent, conversation_id=numbers[at % len(numbers)], event_id=-1 - at, who="Bruno Bench",
            topic=kinds[at % 3][0], said=kinds[at % 3][1], why=kinds[at % 3][2], at=now - timedelta(minutes=300 - at),
            read_at=None if at % 3 == 0 else now,
        )
        for at in range(300)
    )  # fmt: skip
    Draft.objects.bulk_create(
        Draft(
            conversation_id=number,
            author=agent,
            html="<p>I look into it.</p>",
            returned_because="" if at else "They wrote.",
        )
        for at, number in enumerate(numbers[:6])
    )
    Involvement.objects.bulk_create(
        [Involvement(conversation_id=number, account=agent, reason="mentioned") for number in numbers[:120]],
        ignore_conflicts=True,
    )
    back = Conversation.objects.filter(pk__in=numbers[200:206])
    back.update(status="snoozed", assignee=agent, snoozed_until=now + timedelta(minutes=45), waiting_since=None)


def _customers() -> None:
    from rapport.conversations.models import Conversation
    from rapport.kit import clock
    from rapport.people.models import Attribute, Customer, CustomerNote, Order, Organisation, OrganisationDomain

    now = clock.now()
    Customer.objects.filter(attributes=[]).update(attributes={})  # as the seeding of earlier days wrote them
    organisations = Organisation.objects.bulk_create(
        Organisation(name=f"Company {n:03d}") for n in range(ORGANISATIONS)
    )
    OrganisationDomain.objects.bulk_create(
        OrganisationDomain(organisation=one, domain=f"company{at:03d}.example") for at, one in enumerate(organisations)
    )
    ids = list(Customer.objects.order_by("-pk").values_list("pk", flat=True)[: ORGANISATIONS * 150])
    for at, one in enumerate(organisations):
        some = ids[at::ORGANISATIONS]
        Customer.objects.filter(pk__in=some).update(organisation=one)
        Conversation.objects.filter(customer_id__in=some).update(organisation=one)
    bought = [pk for pk in ids if pk % STEP == 0] + list(
        Customer.objects.filter(pk__lt=ids[-1]).order_by("pk").values_list("pk", flat=True)[: _ORDERS // 3]
    )
    Order.objects.bulk_create(
        (
            Order(
                customer_id=pk, number=f"B-{pk}-{n}", summary="Twelve tulips", status="shipped", total_cents=2400 + n,
                lines=[{"name": "Tulips", "quantity": "12"}], placed_at=now - timedelta(days=n),
            )
            for pk in bought[: _ORDERS // 3]
            for n in range(3)
        ),
        batch_size=2000,
    )  # fmt: skip
    CustomerNote.objects.bulk_create(CustomerNote(customer_id=pk, text="Likes to be called.") for pk in bought[:2000])
    Attribute.objects.bulk_create(Attribute(key=f"fact-{n}", label=f"Fact {n}", position=n) for n in range(3))


def _company(owner: Account) -> None:
    from rapport.conversations.models import CustomField, Macro
    from rapport.events import auditing
    from rapport.people.models import BlockedSender, Team

    CustomField.objects.bulk_create(
        CustomField(key=f"field-{n}", name=f"Field {n}", kind="text", position=n) for n in range(4)
    )
    Macro.objects.bulk_create(Macro(name=f"Macro {n:02d}", html="<p>Thank you.</p>") for n in range(30))
    BlockedSender.objects.bulk_create(
        BlockedSender(value=f"spam{n}.example", is_domain=True, by=owner) for n in range(300)
    )
    team = Team.objects.get(pk=1)
    for n in range(2000):
        auditing.changed("team.changed", team, by=owner, before={"name": f"Team {n}"}, after={"name": f"Team {n + 1}"})


def main() -> None:
    import django

    django.setup()
    furnish()


if __name__ == "__main__":
    main()
