"""Where a customer is, as far as clocks go."""

from __future__ import annotations

import pytest

from rapport.people.models import Customer
from rapport.people.whereabouts import whereabouts


@pytest.mark.parametrize(
    ("phone", "email", "zone"),
    [
        ("+49 30 123456", "carla@example.org", "Europe/Berlin"),
        ("0081 3 1234 5678", "", "Asia/Tokyo"),
        ("+353 1 234 5678", "a@example.de", "Europe/London"),
        ("030 123", "carla@example.it", "Europe/Rome"),
        ("+1 800 555 1234", "carla@shop.co.uk", "Europe/London"),
        ("", "carla@example.es", "Europe/Madrid"),
        ("", "carla@example.us", None),  # four zones
        ("", "carla@startup.io", None),  # an island, and half the world
        ("", "carla@example.org", None),
        ("+", "@", None),
    ],
)
def test_a_number_or_an_address_suggests_a_zone_where_there_is_only_one(phone, email, zone):
    found = whereabouts(Customer(phone=phone), [email])
    assert (found.zone.key if found else None) == zone
