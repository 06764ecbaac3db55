"""The doctor: what is wrong with this installation, in sentences that name the cure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks as django_checks
from django.db import DatabaseError, connection

from rapport.config import checking_machine, checking_mail
from rapport.config.findings import Finding
from rapport.kit import clock

OLDEST_POSTGRESQL = 15


def examine(*, offline: bool = False) -> Iterator[Finding]:
    """Look at everything, in order; a check that cannot be made is a finding too. `offline` reaches no other machine."""
    for look in (*CHECKS, *(() if offline else checking_mail.CHECKS)):
        try:
            yield from look()
        except Exception as error:
            name = look.__name__.removeprefix("_").replace("_", " ")
            yield Finding(
                f"The look at {name} broke off ({type(error).__name__}: {error})",
                "Nothing was changed by it. If no other line explains it, please report this one.",
            )


def _database() -> Iterator[Finding]:
    from django.db.migrations.executor import MigrationExecutor

    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield Finding(
            f"The database does not answer ({str(error).strip()})",
            "What is stored in it is safe, and mail waits with the other servers. Start it, or mend RAPPORT_DATABASE_URL.",
            True,
        )
        return
    version = ".".join(str(part) for part in connection.get_database_version())
    executor = MigrationExecutor(connection)
    behind = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if behind:
        yield Finding(f"The database is {behind} steps behind this version", "Run `rapport migrate`.", True)
    else:
        yield Finding(f"The database ({connection.display_name} {version}) answers and is up to date")
    if connection.vendor == "postgresql" and connection.get_database_version()[0] < OLDEST_POSTGRESQL:
        yield Finding("This PostgreSQL is too old", f"Use version {OLDEST_POSTGRESQL} or newer.")


def _public_address() -> Iterator[Finding]:
    environment = settings.ENVIRONMENT
    base = urlsplit(environment.base_url)
    is_here = base.hostname in ("127.0.0.1", "localhost", "::1")
    if base.scheme == "http" and not is_here:
        yield Finding(
            f"{environment.base_url} is not encrypted", "Put a proxy with TLS in front; set RAPPORT_BASE_URL."
        )
    elif base.scheme == "https" and not environment.trusted_proxies:
        yield Finding(
            "RAPPORT_TRUSTED_PROXIES is empty though the public address is https",
            "Name the proxy's address, or every visitor seems to come from it and sign-in limits hit all at once.",
        )
    else:
        yield Finding(f"People reach Rapport at {environment.base_url}")


def _workers() -> Iterator[Finding]:
    from rapport.reactions import watchers

    troubles = list(watchers.look_at_worker(clock.now()))
    for trouble in troubles:
        yield Finding(trouble.sentence.rstrip("."), trouble.cure)
    if not troubles:
        yield Finding("The worker is running")


def _alarms() -> Iterator[Finding]:
    from rapport.watching import listing

    standing = listing.worth_telling(listing.standing())
    for alarm in standing:
        yield Finding(f"Alarm since {alarm.since:%Y-%m-%d %H:%M} UTC: {alarm.sentence.rstrip('.')}", alarm.cure)
    if not standing:
        yield Finding("No alarm stands")
    telling = listing.last_telling()
    if telling is not None and telling.error:
        yield Finding(
            f"Alarms could not be told by mail: {telling.error.rstrip('.')}",
            "Set RAPPORT_SYSTEM_MAIL_URL, a path of its own for the product's mails.",
        )


def _queues() -> Iterator[Finding]:
    from rapport.events.models import Event
    from rapport.intake.models import RawMessage
    from rapport.outbox import listing as outbox

    waiting = RawMessage.objects.filter(state=RawMessage.State.ACCEPTED).count()
    open_events = Event.objects.filter(handled=False).count()
    deliveries = ", ".join(f"{row.count} {row.state.replace('_', ' ')}" for row in outbox.queue_states())
    told = f"Waiting: {waiting} arrivals, {open_events} events; deliveries: {deliveries or 'none open'}"
    yield Finding(told)


def _kept_numbers() -> Iterator[Finding]:
    from rapport.conversations import counting

    cure = "No conversation is missing. Run `rapport check --recount`, and please report this: it should never be."
    if not counting.is_right():
        yield Finding("The numbers beside the views are not those of the conversations", cure)
    elif wrong := counting.wrong_copies():
        yield Finding(f"{wrong} conversations shared or followed stand in lists as they were", cure)
    else:
        yield Finding("The numbers beside the views are true")


def _hold() -> Iterator[Finding]:
    from rapport.people import installing

    if installing.is_held():
        yield Finding(
            "This is a restored copy on hold: nothing is sent", "Run `rapport restore --release` to end that."
        )


def _given_up() -> Iterator[Finding]:
    from rapport.reactions.models import ReactionRetry

    dead = ReactionRetry.objects.filter(state=ReactionRetry.State.DEAD).count()
    if dead:
        yield Finding(
            f"{dead} reactions were given up",
            "What happened is stored; what was to follow is not done. The status page shows why and can try again.",
        )


def _accounts() -> Iterator[Finding]:
    from rapport.people.models import Account

    if not Account.objects.filter(is_active=True).exists():
        yield Finding(
            "Nobody can sign in yet", "Start `rapport run` and type its code at /start/, or use `rapport invite`."
        )


def _django() -> Iterator[Finding]:
    for message in django_checks.run_checks():
        if message.level >= django_checks.ERROR and not message.is_silenced():
            yield Finding(str(message.msg), str(message.hint or "This is a fault of Rapport: please report it."), True)


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    *checking_machine.CHECKS, _public_address, _database, *checking_machine.KEY_CHECKS, _accounts, _workers, _queues,
    _kept_numbers, _hold, _given_up, _alarms, _django,
)  # fmt: skip
