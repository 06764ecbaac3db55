"""Wires the product together and decides nothing: settings, URLs, the ASGI entry, the `rapport` command. Top layer."""
