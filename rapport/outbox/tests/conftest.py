from rapport.conversations.tests.cast import cast
from rapport.outbox.tests.shop import shop

__all__ = ["cast", "shop"]
