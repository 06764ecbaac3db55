"""The word indexes, in each engine's own form."""

from typing import Any

from django.db import migrations

_TABLES = ("search_words", "search_customer_words")


def make(apps: Any, schema_editor: Any) -> None:
    for table in _TABLES:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"CREATE TABLE {table} (id bigint PRIMARY KEY, terms tsvector NOT NULL)")
            schema_editor.execute(f"CREATE INDEX {table}_terms ON {table} USING gin (terms)")
        else:
            # The ascii tokeniser takes every sign beyond ASCII as part of a word: the terms are already split.
            schema_editor.execute(
                f"CREATE VIRTUAL TABLE {table} USING fts5(terms, tokenize='ascii', detail='none', columnsize=0)"
            )


def drop(apps: Any, schema_editor: Any) -> None:
    for table in _TABLES:
        schema_editor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [migrations.RunPython(make, drop)]
