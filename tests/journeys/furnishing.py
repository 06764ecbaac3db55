"""Fills an empty installation for the journeys: a shop with two agents, a colleague and one inbox.

Runs as a program in the product's own environment, so that the tests' process keeps its own database:
`python -m tests.journeys.furnishing '{"smtp_port": 2525, "imap": {…}}'`.
"""

from __future__ import annotations

import json
import sys
from typing import Any

PASSWORD = "twelve red roses"
PEOPLE = {
    "flora": ("Flora Fleur", "owner", ["Shop"]),
    "ana": ("Ana Adler", "agent", ["Shop"]),
    "ben": ("Ben Berg", "agent", ["Shop"]),
    "kim": ("Kim Kurz", "colleague", []),
}


def main(wishes: dict[str, Any]) -> None:
    """Make the company. `smtp_port`: where its mail leaves; `imap`: settings of the mailbox it reads, if any."""
    from rapport.config import starting

    starting.start_django()
    starting.migrate()
    from rapport.channels.models import Inbox
    from rapport.channels.secrets import write_secrets
    from rapport.people import installing, roles
    from rapport.people.models import Account, Membership, Role, Team

    roles.ensure_roles()
    installing.change(company_name="Blumen Fleur", open_to_all=False, by=None)
    shop = Team.objects.create(name="Shop", signature_html="<p>Your team at Blumen Fleur</p>")
    for key, (name, role, teams) in PEOPLE.items():
        account = Account.objects.create_user(
            f"{key}@fleur.example", PASSWORD, name=name, role=Role.objects.get(key=role), mail_notifications=False
        )
        if teams:
            Membership.objects.create(account=account, team=shop)
    smtp = {"host": "127.0.0.1", "port": wishes["smtp_port"], "security": "none", "user": "", "auth": "password"}
    settings = {"transport": "smtp", "smtp": smtp, **({"imap": wishes["imap"]} if "imap" in wishes else {})}
    inbox = Inbox.objects.create(
        name="Shop",
        address=wishes.get("address", "hello@fleur.example"),
        display_name="Blumen Fleur",
        team=shop,
        settings=settings,
        acknowledge=wishes.get("acknowledge", False),
    )
    write_secrets(inbox, wishes.get("secrets", {}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
