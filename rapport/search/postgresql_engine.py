"""Finding by words on PostgreSQL: a tsvector of bare terms for each subject, the newest found first.

A GIN index knows no order: asked for a word it gives all its subjects. So it also holds the block of ids in which each
subject lies, and is asked for the newest blocks first, as many as should fill the page. A beginning it turns into a bitmap of
all that begins so, anew for each question; so beginnings are asked for as the words they mean, read from a list of words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, connection, connections

from rapport.rows import preparing

# Where a beginning means hundreds of thousands of subjects, PostgreSQL's usual 4 MB hold whole pages of them instead of
# the subjects themselves, and each subject of each page is then looked at.
ROOM = "SET LOCAL work_mem = '64MB'"
_ONLY_BY_INDEX = f"{ROOM}; SET LOCAL enable_seqscan = off"
# Ids of a block are the same above so many bits, as migration 0002 writes it into the index.
_BITS = 14
# So many of the newest subjects are looked at one by one: the least to begin with, more of them for what one of twenty has.
# They stand in the text of the statement, because it is planned without its values.
_WALKS = (500, 2000, 8000)
_COMMON = 0.05
# A beginning costs the same for one block as for all: more is looked at one by one, and the index is asked for more at once,
# for everything where none of the newest begins so.
_COMMON_BEGINNING = 0.02
_BEGINNINGS_MORE = 2
# Beyond so many blocks all that is left is asked for at once: each block is looked up in the index by itself.
_MOST_BLOCKS = 40
_MOST_ENDINGS = 60
_ABOVE_ALL = 2**63 - 1
_HIGHEST_SIGN = "\U0010ffff"
_DIGITS = frozenset("0123456789")


@dataclass(frozen=True)
class Statements:
    """The constant statements of one table. `words`: of a table that has a list of its words."""

    replace: str
    add: str
    delete: str
    walks: Mapping[int, str]
    in_blocks: str
    find_before: str
    all_below: str
    words: str = ""


def statements(table: str, vocabulary: str = "") -> Statements:
    """For a table of two known names, and the list of its words, if it has one."""
    # Words that begin with a digit are not listed: they are as many as there are numbers. A word that two transactions
    # list at once is listed twice, so that neither waits for the other.
    listed = (
        f", listed AS (INSERT INTO {vocabulary} (term) SELECT one FROM given, unnest(given.terms) AS one "  # noqa: S608
        f"""WHERE one COLLATE "C" > ':' AND (SELECT true FROM {vocabulary} WHERE term = one LIMIT 1) IS NULL)"""
    )
    put = (
        f"WITH given AS (SELECT %s::bigint AS id, %s::text[] AS terms){listed if vocabulary else ''} "  # noqa: S608
        f"INSERT INTO {table} (id, terms) SELECT id, array_to_tsvector(terms) FROM given ON CONFLICT (id) DO UPDATE SET"
    )
    return Statements(
        replace=f"{put} terms = excluded.terms",
        add=f"{put} terms = {table}.terms || excluded.terms",
        delete=f"DELETE FROM {table} WHERE id = %s",  # noqa: S608
        walks={
            most: (
                "SELECT min(id), count(*), array_agg(id) FILTER (WHERE terms @@ %s::tsquery) "  # noqa: S608
                f"FROM (SELECT id, terms FROM {table} WHERE id < %s ORDER BY id DESC LIMIT {most}) AS slice"
            )
            for most in _WALKS
        },
        # The bound on the id stands apart, so that the index of the words is what finds them, whatever the planner
        # believes of two common words that are rare together; sorting what is found is cheap.
        in_blocks=(
            f"{_ONLY_BY_INDEX}; WITH found AS MATERIALIZED (SELECT id FROM {table} WHERE terms @@ %s::tsquery "  # noqa: S608
            f"AND ARRAY[id >> {_BITS}] && %s::bigint[]) SELECT id FROM found WHERE id < %s ORDER BY id DESC LIMIT %s"
        ),
        find_before=(
            f"{_ONLY_BY_INDEX}; WITH found AS MATERIALIZED (SELECT id FROM {table} WHERE terms @@ %s::tsquery) "  # noqa: S608
            "SELECT id FROM found WHERE id < %s ORDER BY id DESC LIMIT %s"
        ),
        all_below=f"SELECT id FROM {table} WHERE terms @@ %s::tsquery AND id < %s",  # noqa: S608
        words=vocabulary
        and f"SELECT term FROM {vocabulary} WHERE term >= %s AND term <= %s ORDER BY term LIMIT {_MOST_ENDINGS + 1}",  # noqa: S608
    )


class PostgreSQLEngine:
    """No parser, no dictionary, so that it finds what SQLite finds."""

    def __init__(self, statements: Statements) -> None:
        self.statements = statements

    def add(self, subject: int, terms: Collection[str]) -> None:
        """See Engine, for this and what follows."""
        preparing.fetched(connections[DEFAULT_DB_ALIAS], self.statements.add, [subject, list(terms)])

    def replace(self, subject: int, terms: Collection[str]) -> None:
        preparing.fetched(connections[DEFAULT_DB_ALIAS], self.statements.replace, [subject, list(terms)])

    def replace_all(self, terms: Mapping[int, Collection[str]]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(self.statements.replace, [(subject, list(some)) for subject, some in terms.items()])

    def remove(self, subject: int) -> None:
        with connection.cursor() as cursor:
            cursor.execute(self.statements.delete, [subject])

    def find(self, terms: Sequence[str], *, before: int | None, limit: int) -> list[int]:
        search = _Search(self.statements, self._query(terms), before or _ABOVE_ALL, limit)
        search.walk(_WALKS[0])
        while not search.is_over:
            search.go_on()
        return search.found[:limit]

    def all_below(self, terms: Sequence[str], before: int) -> tuple[str, list[object]]:
        return self.statements.all_below, [self._query(terms), before]

    def _query(self, terms: Sequence[str]) -> str:
        *whole, last = terms
        words = [f"'{term}'" for term in whole]
        endings = self._endings(last)
        if len(endings) > _MOST_ENDINGS:
            words.append(f"'{last}':*")
        else:
            words.append("(" + " | ".join(f"'{term}'" for term in endings or [last]) + ")")
        return " & ".join(words)

    def _endings(self, beginning: str) -> list[str]:
        """The words that begin so, or too many: more than _MOST_ENDINGS, or as many as nobody knows."""
        if len(beginning) < 2:
            return [beginning]
        if not self.statements.words or beginning[0] in _DIGITS:
            return [beginning] * (_MOST_ENDINGS + 1)
        bounds = [beginning, beginning + _HIGHEST_SIGN]
        found = preparing.fetched(connections[DEFAULT_DB_ALIAS], self.statements.words, bounds)
        return [term for (term,) in found]


@dataclass
class _Search:
    """One search under way: what was found, the newest first, and below which id it goes on."""

    statements: Statements
    query: str
    below: int
    limit: int

    def __post_init__(self) -> None:
        self.found: list[int] = []
        self.looked_at = 0
        self.is_over = False

    def go_on(self) -> None:
        """As is quickest by how common it has been so far."""
        share = (len(self.found) + 0.5) / self.looked_at
        wanted = self.limit - len(self.found)
        is_beginning = self.query.endswith(":*")
        if share >= (_COMMON_BEGINNING if is_beginning else _COMMON):
            self.walk(next((most for most in _WALKS if most * share > wanted), _WALKS[-1]))
            return
        wanted *= _BEGINNINGS_MORE if is_beginning else 1
        top = (self.below - 1) >> _BITS
        blocks = int(wanted / share) // (1 << _BITS) + 2  # the first one is seldom whole, and the next one fills it up
        if blocks > min(_MOST_BLOCKS, top) or (is_beginning and not self.found):
            self._ask(self.statements.find_before, [])
            self.is_over = True
        else:
            self._ask(self.statements.in_blocks, [list(range(top - blocks + 1, top + 1))])
            self._go_below((top - blocks + 1) << _BITS)

    def walk(self, most: int) -> None:
        """Look at so many subjects one by one."""
        statement, values = self.statements.walks[most], [self.query, self.below]
        lowest, looked_at, found = preparing.fetched(connections[DEFAULT_DB_ALIAS], statement, values)[0]
        self.found += sorted(found or (), reverse=True)
        self.looked_at += looked_at
        self.is_over = looked_at < most or len(self.found) >= self.limit
        self.below = lowest or 0

    def _ask(self, statement: str, blocks: list[list[int]]) -> None:
        # Several statements sent as one are one transaction, in which the settings hold: one round trip instead of four.
        with connection.cursor() as cursor:
            cursor.execute(statement, [self.query, *blocks, self.below, self.limit - len(self.found)])
            while cursor.nextset():
                pass
            self.found += [row[0] for row in cursor.fetchall()]

    def _go_below(self, lowest: int) -> None:
        self.looked_at += self.below - lowest
        self.below = lowest
        self.is_over = len(self.found) >= self.limit
