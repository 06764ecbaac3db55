"""The seed of the fault tests, for the kills."""

from tests.faults.conftest import rng

__all__ = ["rng"]
