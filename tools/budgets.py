"""Sizes: what must stay small so that one person can hold it in the head (docs/architecture.md, Budgets)."""

from __future__ import annotations

import ast
import statistics
from dataclasses import dataclass
from pathlib import Path

from tools.project import Finding, files, product_python, templates, test_python

FILE_LINES = 400
FUNCTION_LINES = 60
LONG_FUNCTION = 25
LONG_SHARE = 0.10
PARTIAL_LINES = 80
BEHAVIOUR_LINES = 80

# Pure phrase tables: words in many languages, no behaviour to understand. Glob patterns, relative to the checkout.
TABLES = ("rapport/language/phrases/*.py", "rapport/language/phrases.py", "rapport/demo/company/*.py")


@dataclass(frozen=True)
class Function:
    """One function and how many lines it spans, its docstring included."""

    path: Path
    line: int
    name: str
    lines: int


def line_count(path: Path) -> int:
    """Lines of a text file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(root: Path, path: Path) -> list[Function]:
    """Every function and method of a Python file, nested ones too."""
    tree = ast.parse((root / path).read_text(encoding="utf-8"))
    return [
        Function(path, node.lineno, node.name, (node.end_lineno or node.lineno) - node.lineno + 1)
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    ]


def is_table(path: Path) -> bool:
    """Whether the file is on the list of pure tables."""
    return any(path.match(pattern) for pattern in TABLES)


def find(root: Path) -> list[Finding]:
    """Every file, function, partial or behaviour over its budget."""
    counted = [path for path in product_python(root) if not is_table(path)]
    every = [function for path in counted for function in functions(root, path)]
    findings = [*_over(root, counted, FILE_LINES, "file")]
    findings += [
        Finding(f.path, f.line, f"{f.name}() has {f.lines} lines, at most {FUNCTION_LINES}: split it by purpose")
        for f in every
        if f.lines > FUNCTION_LINES
    ]
    partials = [path for path in templates(root) if path.name.startswith("_")]
    findings += _over(root, partials, PARTIAL_LINES, "template partial")
    findings += _over(root, [*files(root, "*.js", "rapport")], BEHAVIOUR_LINES, "JS behaviour")
    return findings + _too_many_long(every)


def report(root: Path) -> str:
    """Figures that are printed and not enforced."""
    counted = [path for path in product_python(root) if not is_table(path)]
    sizes = [line_count(root / path) for path in counted]
    lengths = [function.lines for path in counted for function in functions(root, path)]
    if not sizes or not lengths:
        return "no Python of ours yet"
    tests = sum(line_count(root / path) for path in test_python(root))
    share = sum(length > LONG_FUNCTION for length in lengths) / len(lengths)
    return (
        f"{len(sizes)} files, {sum(sizes)} lines; median file {statistics.median(sizes):g}, "
        f"median function {statistics.median(lengths):g}; functions over {LONG_FUNCTION} lines {share:.1%}; "
        f"test lines per code line {tests / sum(sizes):.2f}; comment lines {_comment_share(root, counted):.1%}"
    )


def _over(root: Path, paths: list[Path], limit: int, what: str) -> list[Finding]:
    sizes = [(path, line_count(root / path)) for path in paths]
    return [
        Finding(path, lines, f"{what} has {lines} lines, at most {limit}") for path, lines in sizes if lines > limit
    ]


def _too_many_long(every: list[Function]) -> list[Finding]:
    long = sorted((f for f in every if f.lines > LONG_FUNCTION), key=lambda f: -f.lines)
    if len(long) <= LONG_SHARE * len(every):
        return []
    share = f"{len(long)} of {len(every)} functions have over {LONG_FUNCTION} lines, at most {LONG_SHARE:.0%}"
    return [Finding(f.path, f.line, f"{f.name}() has {f.lines} lines; {share}") for f in long[:10]]


def _comment_share(root: Path, paths: list[Path]) -> float:
    lines = [line.strip() for path in paths for line in (root / path).read_text(encoding="utf-8").splitlines()]
    return sum("#" in line and (line.startswith("#") or "  # " in line) for line in lines) / max(1, len(lines))
