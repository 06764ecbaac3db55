"""No SQL is built from strings: what reaches execute() is a constant with parameters beside it."""

from __future__ import annotations

import ast
from pathlib import Path

from tools.project import Finding, product_python

TAKES_SQL = {"execute", "executemany", "executescript", "raw", "RawSQL", "RunSQL", "mogrify"}


def find(root: Path) -> list[Finding]:
    """Every call that takes SQL and is given a string built at run time, directly or through a local name."""
    findings = []
    for path in product_python(root):
        tree = ast.parse((root / path).read_text(encoding="utf-8"))
        built_names = {name for node in ast.walk(tree) for name in _names_given_built_text(node)}
        findings += [
            Finding(path, node.lineno, "SQL built from a string: pass a constant and parameters")
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and _takes_sql(node) and _is_built(_statement(node), built_names)
        ]
    return findings


def _takes_sql(call: ast.Call) -> bool:
    function = call.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in TAKES_SQL


def _statement(call: ast.Call) -> ast.expr | None:
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    return call.args[0] if call.args else named.get("sql", named.get("query"))


def _names_given_built_text(node: ast.AST) -> list[str]:
    if not isinstance(node, ast.Assign) or not _is_built(node.value, set()):
        return []
    return [target.id for target in node.targets if isinstance(target, ast.Name)]


def _is_built(node: ast.expr | None, built_names: set[str]) -> bool:
    match node:
        case ast.JoinedStr(values=values):
            return any(isinstance(value, ast.FormattedValue) for value in values)
        case ast.BinOp(left=left, op=ast.Mod()):
            return _is_text(left)
        case ast.BinOp(left=left, right=right, op=ast.Add()):
            both_constant = isinstance(left, ast.Constant) and isinstance(right, ast.Constant)
            return not both_constant and (_is_text(left) or _is_text(right))
        case ast.Call(func=ast.Attribute(value=receiver, attr="format" | "replace" | "join")):
            return _is_text(receiver)
        case ast.Name(id=name):
            return name in built_names
    return False


def _is_text(node: ast.expr) -> bool:
    if isinstance(node, ast.BinOp):
        return _is_text(node.left) or _is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))
