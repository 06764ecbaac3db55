"""Whole stories (journeys), faults, and the stand-in servers (servers) that tests of every app may use."""
