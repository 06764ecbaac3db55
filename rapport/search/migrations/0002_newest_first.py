"""PostgreSQL finds the newest first: its indexes hold each subject's block of ids too, and the words of conversations stand in
a list, from which beginnings are read (see rapport/search/postgresql_engine.py). A minute or two at a million."""

from typing import Any

from django.db import migrations

_TABLES = ("search_words", "search_customer_words")
_BITS = 14
# In kB, 4096 otherwise: what waits to be sorted into the index is read by each question. Sorting it in oftener costs no more.
_PENDING = 256


def make(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in _TABLES:
        schema_editor.execute(
            f"CREATE INDEX {table}_newest ON {table} USING gin (terms, (ARRAY[id >> {_BITS}])) "
            f"WITH (gin_pending_list_limit = {_PENDING})"
        )
        schema_editor.execute(f"DROP INDEX {table}_terms")
    schema_editor.execute('CREATE TABLE search_vocabulary (term text COLLATE "C" NOT NULL)')
    schema_editor.execute(
        "INSERT INTO search_vocabulary (term) SELECT word FROM ts_stat('SELECT terms FROM search_words') "
        """WHERE word COLLATE "C" > ':'"""
    )
    schema_editor.execute("CREATE INDEX search_vocabulary_term ON search_vocabulary (term)")
    schema_editor.execute(f"ANALYZE {', '.join(_TABLES)}, search_vocabulary")


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    for table in _TABLES:
        schema_editor.execute(f"CREATE INDEX {table}_terms ON {table} USING gin (terms)")
        schema_editor.execute(f"DROP INDEX {table}_newest")
    schema_editor.execute("DROP TABLE search_vocabulary")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
