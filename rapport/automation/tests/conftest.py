from rapport.conversations.tests.cast import cast

__all__ = ["cast"]
