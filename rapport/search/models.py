"""What is findable. The words themselves stand in the engine's own index, made by the migrations.

SQLite: `search_words` and `search_customer_words`, FTS5 tables whose rowid is the subject's id.
PostgreSQL: tables of the same names with a `tsvector` column under a GIN index, and `search_vocabulary`, the words of
conversations that do not begin with a digit.
"""
