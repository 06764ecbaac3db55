"""The practice inbox is removed with all that was written there; what is real stays untouched."""

from __future__ import annotations

import shutil

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from rapport.channels.models import Inbox
from rapport.conversations.models import Conversation, Message
from rapport.events import auditing
from rapport.files.models import Attachment
from rapport.intake.models import RawMessage
from rapport.outbox.models import Delivery
from rapport.people import installing
from rapport.people.models import Account, Customer
from rapport.practice.opening import DOMAIN, inbox
from rapport.search import indexing


def count() -> int:
    """How many conversations would go."""
    found = inbox()
    return Conversation.objects.filter(inbox=found).count() if found else 0


@transaction.atomic
def remove(*, by: Account) -> None:
    """Take inbox, conversations, customers and letters away for good; nothing happens when there is none.

    What somebody merged into a practice conversation comes out again, open.
    """
    found = inbox()
    if found is None:
        return
    numbers = list(Conversation.objects.filter(inbox=found).values_list("pk", flat=True))
    _free_what_is_real(numbers)
    # The database counts by status (migration 0002 of conversations): closed ones are in no count and may go.
    Conversation.objects.filter(pk__in=numbers).update(
        status=Conversation.Status.CLOSED, merged_into=None, customer=None
    )
    Delivery.objects.filter(Q(inbox=found) | Q(message__conversation__in=numbers)).delete()
    _take_files(numbers)
    Message.objects.filter(conversation__in=numbers).delete()
    for number in numbers:
        indexing.remove_conversation(number)
    Conversation.objects.filter(pk__in=numbers).delete()
    _take_customers()
    RawMessage.objects.filter(inbox=found, source="practice").delete()
    _forget(found, by)


def _free_what_is_real(numbers: list[int]) -> None:
    merged = Conversation.objects.filter(merged_into__in=numbers).exclude(pk__in=numbers)
    merged.update(merged_into=None, status=Conversation.Status.OPEN)


def _take_files(numbers: list[int]) -> None:
    """The rows; what is stored by its hash may belong to a real mail too."""
    Attachment.objects.filter(Q(conversation_id__in=numbers)).delete()


def _take_customers() -> None:
    made_up = Customer.objects.filter(addresses__email__endswith=f"@{DOMAIN}")
    for customer in made_up.filter(canonical=None, merged=None).distinct():
        theirs = Conversation.objects.filter(customer=customer).exists()
        real = customer.addresses.exclude(email__endswith=f"@{DOMAIN}").exists()
        if not theirs and not real and not Message.objects.filter(customer=customer).exists():
            indexing.remove_customer(customer.pk)
            customer.delete()


def _forget(found: Inbox, by: Account) -> None:
    installation = installing.current()
    installation.practice_since = None
    installation.save(update_fields=["practice_since"])
    folder = settings.ENVIRONMENT.home / "practice" / str(found.pk)
    before = auditing.state(found, "name", "address")
    auditing.changed("inbox.deleted", found, by=by, before=before, after={})
    found.delete()
    transaction.on_commit(lambda: shutil.rmtree(folder, ignore_errors=True))
