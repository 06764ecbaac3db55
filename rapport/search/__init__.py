"""Finding conversations and customers by words: one tokeniser of ours feeds SQLite FTS5 and PostgreSQL alike.

Words: *document* (what is findable of one subject), *term* (a token after folding). Layer: beside events and files.
"""
