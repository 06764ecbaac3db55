"""Budgets of automatic mail, at the last one allowed and at the first one refused."""

from datetime import timedelta

import pytest

from rapport.automation import budgeting
from rapport.automation.models import AutomaticMail
from rapport.kit import clock

PEER, OTHER = "carla@example.org", "stella@elsewhere.example"


def sent(count: int, *, peer: str = OTHER, conversation: int = 99, ago: timedelta = timedelta(minutes=1)) -> None:
    at = clock.now() - ago
    AutomaticMail.objects.bulk_create(
        AutomaticMail(peer=peer, conversation_id=conversation, message_id=0, at=at) for _ in range(count)
    )


def refusal() -> str:
    return budgeting.refusal(PEER, conversation_id=7, now=clock.now())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("allowed", "where", "expected"),
    [
        (1, {"peer": PEER}, "address_hour"),
        (3, {"peer": PEER, "ago": timedelta(hours=2)}, "address_day"),
        (5, {"conversation": 7, "ago": timedelta(hours=23)}, "conversation_day"),
        (500, {"ago": timedelta(minutes=59)}, "installation_hour"),
    ],
)
def test_a_budget_holds_exactly_and_for_its_time(allowed: int, where: dict, expected: str) -> None:
    sent(allowed - 1, **where)
    assert refusal() == ""
    sent(1, **where)
    assert refusal() == expected
    AutomaticMail.objects.update(at=clock.now() - timedelta(hours=25))
    assert refusal() == ""
