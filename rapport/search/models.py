"""What is findable. The words themselves stand in the engine's own index, made by the first migration.

SQLite: `search_words` and `search_customer_words`, FTS5 tables whose rowid is the subject's id.
PostgreSQL: tables of the same names with a `tsvector` column under a GIN index.
"""
