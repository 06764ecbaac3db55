"""Backups: one archive of everything an installation holds, and the way back from it.

Words: *archive* (one tar file, whole or not there), *snapshot* (the database as it was at one moment), *manifest* (what
the archive must hold, with checksums), *row checksum* (a sum over a table's rows, whatever their order), *hold* (a
restored copy sends nothing and reads no mailbox until a person releases it; people.installing, outbox.holding).

Layer: below reactions. Knows the database as tables and columns, so that archives of older versions can be read.
"""
