"""Every parameter that a page of the desk reads beside its address, found in the source; and which of them name a thing.

A parameter that stands in neither list is a red test: whoever adds one says whether it carries an id, and of what.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import rapport

# Names of fields and query words that name no thing whose existence is anybody's secret.
PLAIN = set(
    """
    by lane first
    looks order column density ordering icon columns match group was field operator value place shown move redraw
    start_page next
    q after view all images inline unread up_to remove add open wait until spam follow priority stage subject since state act
    again url secret timeout_ms active region column try file label choices shown phone_region value later words reason number domain phone notes taken form_of_address organisation channel preferences
    code error error_description name send_test authserv_id send_waiting kind remember company provider client_id
    client_secret authorization_url token_url address display_name aliases acknowledge is_active fetch imap_host imap_security
    imap_port imap_user imap_auth imap_password imap_fingerprint imap_ca_pem folders start start_days after_folder after_days
    transport smtp_host smtp_security smtp_port smtp_user smtp_auth smtp_password smtp_fingerprint smtp_ca_pem sent_folder
    check_dkim plus_addressing audience format add_tags remove_tags status snooze at body seen cc bcc then email language
    time_zone password notify company_name open_to_all signature mail_notifications login scope who what
    written ticked minutes words up move is_noted days required help parent options items description colour into_name archived
    template
    rev side forward quote from at notes role before quiet_from quiet_until quiet_weekend digest_hour save
    agreed opened as
    own_at snoozed undo_seconds single_keys refills
    uidb36 key
    accent logo remove_logo endpoint p256dh auth push_words
    rights preset addresses act shown day_0 day_1 day_2 day_3 day_4 day_5 day_6
    """.split()
)


@dataclass(frozen=True)
class Naming:
    """A parameter that holds an id. `of` names the kind of thing; `pattern` the route that takes it by POST (with a `?`
    at its end: by GET); `act` what is to be done with it, where the form says that too."""

    pattern: str
    name: str
    of: str
    act: str = ""


IDS = [
    Naming("conversations/<int:number>/assignment/", "to", "account"),
    Naming("conversations/<int:number>/team/", "team", "team"),
    Naming("conversations/<int:number>/merge/into/", "into", "conversation"),
    Naming("conversations/<int:number>/replies/", "attachment", "file"),
    Naming("conversations/<int:number>/replies/", "inbox", "inbox"),
    Naming("conversations/<int:number>/draft/", "inbox", "inbox"),
    Naming("conversations/<int:number>/notes/", "attachment", "file"),
    Naming("conversations/<int:number>/notes/", "mention", "account"),
    Naming("conversations/<int:number>/notes/", "mention_team", "team"),
    Naming("notifications/seen/", "number", "conversation"),
    Naming("conversations/<int:number>/sides/", "attachment", "file"),
    Naming("conversations/<int:number>/merge/?", "into", "conversation"),
    Naming("conversations/<int:number>/split/", "message", "message"),
    Naming("conversations/<int:number>/links/", "to", "conversation"),
    Naming("conversations/<int:number>/sides/", "file", "file elsewhere"),
    Naming("conversations/<int:number>/sides/", "message", "message"),
    Naming("conversations/<int:number>/sides/new/?", "message", "message"),
    Naming("conversations/<int:number>/sides/<int:pk>/messages/", "attachment", "file"),
    Naming("conversations/<int:number>/questions/", "attachment", "file"),
    Naming("conversations/<int:number>/questions/", "message", "message"),
    Naming("conversations/<int:number>/questions/new/?", "message", "message"),
    Naming("palette/places/?", "recent", "conversation"),
    Naming("customers/<int:pk>/merge/", "into", "customer"),
    Naming("customers/<int:pk>/merge/?", "into", "customer"),
    Naming("inbox/bulk/", "number", "conversation"),
    Naming("inbox/words/?", "number", "conversation"),
    Naming("inbox/words/?", "macro", "macro"),
    Naming("inbox/words/?", "show", "conversation"),
    Naming("inbox/bulk/", "value", "account", act="assign"),
    Naming("inbox/bulk/", "value", "team", act="move"),
    Naming("inbox/board/cards/<int:number>/place/", "to", "account"),
    Naming("settings/people/invitations/", "role", "role"),
    Naming("settings/people/invitations/", "teams", "team"),
    Naming("settings/roles/", "source", "role"),
    Naming("settings/teams/<int:pk>/", "members", "account"),
    Naming("settings/macros/", "assign", "account"),
    Naming("settings/macros/", "team", "team"),
    Naming("conversations/new/", "inbox", "inbox"),
    Naming("conversations/new/", "attachment", "file"),
    Naming("conversations/new/?", "customer", "customer"),
]


def read_by_pages() -> Iterator[tuple[str, str]]:
    """(file, name) of each parameter that code of the desk takes out of request.POST or request.GET by its name."""
    root = Path(rapport.__file__).parent
    for path in sorted((root / "desk").rglob("*.py")):
        if "tests" in path.parts:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = _name(node)
            if name:
                yield str(path.relative_to(root)), name


def _name(node: ast.AST) -> str:
    """The word in request.POST["word"], request.GET.get("word"), data.getlist("word") and "word" in request.POST."""
    word: ast.AST | None = None
    if isinstance(node, ast.Subscript) and _is_parameters(node.value):
        word = node.slice
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in ("get", "getlist"):
        word = node.args[0] if _is_parameters(node.func.value) and node.args else None
    elif isinstance(node, ast.Compare) and any(map(_is_parameters, node.comparators)):
        word = node.left
    return word.value if isinstance(word, ast.Constant) and isinstance(word.value, str) else ""


def _is_parameters(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr in ("POST", "GET") and isinstance(node.value, ast.Name)
