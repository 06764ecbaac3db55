"""The event log: what happened to what, by whom and when, written in the same transaction as the change.

Words: *event* (one fact), *actor* (the account that caused it), *wake-up* (a nudge to whoever waits for new events).
Layer: beside files, search, ui and language; knows nothing above it, so subjects are plain integers.
"""
