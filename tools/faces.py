"""Fetch and permit in one call: no face reads conversations or messages past access.py."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.project import Finding, files, is_test

FACES = ("rapport/desk", "rapport/demo", "rapport/portal", "rapport/api")
GUARDED = {"Conversation", "Message", "Attachment", "StoredFile"}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SHORTCUTS = {"get_object_or_404", "get_list_or_404", "aget_object_or_404"}


def find(root: Path) -> list[Finding]:
    """Every place in a face that names a guarded row's manager or hands the row to a Django shortcut."""
    paths = [path for path in files(root, "*.py", *FACES) if not is_test(path) and "migrations" not in path.parts]
    return [finding for path in paths for finding in _in_file(root, path)]


def _in_file(root: Path, path: Path) -> list[Finding]:
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    expressions = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    rows = [(node.lineno, row) for node in expressions if (row := _row_fetched(node))]
    return [
        Finding(path, line, f"{row} is fetched past its access.py: call visible_to() or access_*() instead")
        for line, row in rows
    ]


def _row_fetched(node: ast.expr) -> str | None:
    if isinstance(node, ast.Attribute) and node.attr in MANAGERS:
        return _guarded_name(node.value)
    if isinstance(node, ast.Call) and _last_name(node.func) in SHORTCUTS and node.args:
        return _guarded_name(node.args[0])
    return None


def _guarded_name(node: ast.AST) -> str | None:
    name = _last_name(node)
    return name if name in GUARDED else None


def _last_name(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
