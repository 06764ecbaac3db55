"""Fixtures of this app's tests."""

from rapport.reactions.tests.watched import installation

__all__ = ["installation"]
