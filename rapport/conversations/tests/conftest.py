"""The cast, for every test of this app."""

from rapport.conversations.tests.cast import cast

__all__ = ["cast"]
