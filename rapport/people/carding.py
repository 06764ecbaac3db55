"""Customer cards: which endpoints of the company's own are asked, and the question that one of them gets."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from rapport.events import auditing
from rapport.kit import clock, http, secrets, text, webhook_signatures
from rapport.kit.addresses import Network
from rapport.kit.webhook_signatures import BadSecret
from rapport.people import card_reading
from rapport.people.card_reading import Content, NoCard
from rapport.people.errors import NoName, NoSuchCardSecret
from rapport.people.models import Account, Card, Customer
from rapport.people.ordering import safe_link

MOST_MS = 2000
FEWEST_MS = 200
KEPT_SECONDS = 60.0
_PAUSE_SECONDS = 10.0
_MOST_KEPT = 500
_TOLD = ("name", "url", "timeout_ms", "active")


@dataclass(frozen=True, slots=True)
class Described:
    """What a person says of a card. An empty `secret` keeps the one there is, or makes one."""

    name: str
    url: str
    secret: str = ""
    timeout_ms: int = MOST_MS
    active: bool = True


@dataclass(frozen=True, slots=True)
class Answer:
    """A card, or one of the troubles: time, reach, status, card. `content` None without trouble: nothing is known.
    `status`: what the other side said, where that is the trouble."""

    content: Content | None = None
    trouble: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True)
class Question:
    """Everything that asking needs, read from the database before. `key` names it among the answers that are kept."""

    key: tuple[int, str, int]
    url: str
    secret: str
    timeout: float
    body: bytes
    allow_nets: Sequence[Network]


@transaction.atomic
def create(described: Described, *, by: Account | None) -> tuple[Card, str]:
    """A new card and its secret, which is told this once. Raises NoName, UnsafeLink, NoSuchCardSecret."""
    last = Card.objects.aggregate(last=Max("position"))["last"]
    card = Card(position=(last or 0) + 1)
    secret = _store(card, described) or webhook_signatures.new_secret()
    _seal(card, secret)
    auditing.changed("card.created", card, by=by, after=auditing.state(card, *_TOLD), secrets=["secret"])
    return card, secret


@transaction.atomic
def change(card: Card, described: Described, *, by: Account | None) -> Card:
    """Another name, place or secret. Raises what `create` raises."""
    before = auditing.state(card, *_TOLD)
    secret = _store(card, described)
    if secret:
        _seal(card, secret)
    auditing.changed("card.changed", card, by=by, before=before, secrets=["secret"] if secret else [])
    return card


@transaction.atomic
def remove(card: Card, *, by: Account | None) -> None:
    """Ask there no more. Nothing of it is kept here, so nothing is lost."""
    auditing.changed("card.deleted", card, by=by, before=auditing.state(card, *_TOLD), after={})
    card.delete()


def renew(card: Card) -> None:
    """Put the secret under the newest key. Raises SecretUnreadable."""
    card.secret = settings.KEY_RING.renewed(card.secret, context=_context(card))
    card.save(update_fields=["secret"])


def question(card: Card, customer: Customer, *, emails: Sequence[str], phones: Sequence[str]) -> Question:
    """What this endpoint is asked about this customer. Raises SecretUnreadable."""
    told = {
        "type": "customer.card",
        "customer": {
            "id": customer.pk,
            "name": customer.name,
            "emails": list(emails),
            "phones": list(phones),
            "language": customer.language,
            "organisation": customer.organisation.name if customer.organisation else "",
            "attributes": customer.attributes,
        },
    }
    return Question(
        key=(card.pk, card.url, customer.pk),
        url=card.url,
        secret=settings.KEY_RING.decrypt(card.secret, context=_context(card)),
        timeout=card.timeout_ms / 1000,
        body=json.dumps(told, ensure_ascii=False).encode(),
        allow_nets=settings.ENVIRONMENT.allow_nets,
    )


def kept(asked: Question) -> Answer | None:
    """What was answered a moment ago, so that going back and forth asks nobody again; a trouble is kept shorter."""
    found = _answers.get(asked.key)
    if found is None or found[0] < clock.monotonic():
        return None
    return found[1]


def ask(asked: Question) -> Answer:
    """Ask now; takes up to the card's time limit and reaches no database, so it runs beside the page thread."""
    answer = _asked(asked)
    if len(_answers) >= _MOST_KEPT:
        _answers.clear()
    _answers[asked.key] = (clock.monotonic() + (_PAUSE_SECONDS if answer.trouble else KEPT_SECONDS), answer)
    return answer


_answers: dict[tuple[int, str, int], tuple[float, Answer]] = {}


def forget() -> None:
    """Nothing is kept any more."""
    _answers.clear()


def _asked(asked: Question) -> Answer:
    signed = webhook_signatures.headers(
        asked.secret,
        message_id=f"msg_{secrets.random_token(120)}",
        at=int(clock.now().timestamp()),
        body=asked.body,
    )
    post: Callable[..., http.Response] = partial(http.request, "POST", asked.url)
    try:
        response = post(
            headers={"Content-Type": "application/json", "Accept": "application/json", **signed},
            body=asked.body,
            timeout=asked.timeout,
            max_bytes=card_reading.MOST_BYTES,
            allow_nets=asked.allow_nets,
            max_redirects=0,
        )
    except http.ConnectionDenied:
        return Answer(trouble="reach")
    except http.RequestFailed as failure:
        return Answer(trouble={"time": "time", "size": "card"}.get(failure.step, "reach"))
    if response.status in (204, 404):
        return Answer()
    if response.status != 200:
        return Answer(trouble="status", status=response.status)
    if not response.headers.get("content-type", "").partition(";")[0].strip().lower().endswith("json"):
        return Answer(trouble="card")
    try:
        content = card_reading.read(response.body)
    except NoCard:
        return Answer(trouble="card")
    return Answer(None if content.is_empty else content)


def _store(card: Card, described: Described) -> str:
    """Everything but the secret, which is returned, checked."""
    card.name, card.url = text.clean_line(described.name, 80), safe_link(described.url)
    if not card.name or not card.url:
        raise NoName
    if described.secret:
        try:
            webhook_signatures.key_of(described.secret)
        except BadSecret:
            raise NoSuchCardSecret from None
    card.timeout_ms = min(MOST_MS, max(FEWEST_MS, described.timeout_ms))
    card.active = described.active
    card.save()
    return described.secret.strip()


def _seal(card: Card, secret: str) -> None:
    card.secret = settings.KEY_RING.encrypt(secret, context=_context(card))
    card.save(update_fields=["secret"])


def _context(card: Card) -> str:
    return f"card {card.pk}"
