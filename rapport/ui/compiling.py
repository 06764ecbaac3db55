"""How our templates become Python: once for each language, with everything written that is the same on every page of it.

A page holds hundreds of sentences, icons and keys. Looked up where they stand they took a third of its time, and each cut
the text in two; written into the compiled template they are part of the text around them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any

from django.utils import translation
from jinja2 import Environment, Template, nodes
from jinja2.compiler import CodeGenerator, Frame
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer
from markupsafe import Markup, escape

# What escapes a plain string; `escape` itself takes ten times as long, most of it to make Markup of the answer.
from markupsafe import _escape_inner  # type: ignore[attr-defined]  # isort: skip

# Functions of templates whose answer to the same words is the same for everybody who reads a language.
SameToAll = Mapping[str, Callable[..., Any]]
_VALUE = re.compile(r"%\((\w+)\)s")
_PLAIN = frozenset({FunctionType, MethodType, BuiltinFunctionType})


def as_html(value: object) -> str:
    """What a place of a template shows: markup as it is, anything else escaped. The same letters as `escape` gives."""
    if type(value) is Markup:
        return value
    if type(value) is str:
        escaped: str = _escape_inner(value)
        return escaped
    return str(value) if type(value) is int else escape(value)


class _Writer(CodeGenerator):
    """Writes what a template does: its places by `as_html`, what it includes in one piece instead of line by line."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        """Jinja calls this for the whole of a template."""
        self.writeline(f"from {__name__} import as_html")
        super().visit_Template(node, frame)

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - Jinja's name
        """Jinja calls this for each include."""
        if node.ignore_missing or not node.with_context or not isinstance(node.template, nodes.Const | nodes.Name):
            super().visit_Include(node, frame)
            return
        self.writeline("template = environment.get_template(", node)
        self.visit(node.template, frame)
        self.write(f", {self.name!r})")
        self.start_write(frame, node)
        self.write(
            "concat(template.root_render_func(template.new_context("
            f"context.get_all(), True, {self.dump_local_context(frame)})))"
        )
        self.end_write(frame)

    def _import_common(self, node: nodes.Import | nodes.FromImport, frame: Frame) -> None:
        if node.with_context:
            super()._import_common(node, frame)
            return
        self.write("environment.get_template(")
        self.visit(node.template, frame)
        self.write(f", {self.name!r}).module")

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if frame.eval_ctx.volatile or not frame.eval_ctx.autoescape or finalize.src is not None:
            super()._output_child_pre(node, frame, finalize)
        else:
            self.write("as_html(")


class _Context(Context):
    """What a page knows. No template of ours is given names of its own that an imported one could see."""

    def __init__(
        self, environment: Environment, parent: Any, name: str | None, blocks: Any, globals: Any = None
    ) -> None:
        super().__init__(environment, parent, name, blocks)

    def call(self, called: Any, /, *arguments: Any, **named: Any) -> Any:
        """Jinja's own asks each function anew what it wants to be given; of macros and plain functions we know."""
        kind = type(called)
        if kind is Macro:
            arguments = (self.eval_ctx, *arguments)
        elif kind not in _PLAIN or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *arguments, **named)
        if named:
            named.pop("_block_vars", None)
            named.pop("_loop_vars", None)
        return called(*arguments, **named)


class Templates(Environment):
    """The templates of the product. Ask for one in the language it is to be written in, and write it in no other."""

    code_generator_class = _Writer
    context_class = _Context

    def __init__(self, **options: Any) -> None:
        super().__init__(cache_size=-1, **options)  # all of them: there are only so many
        self.same_to_all: SameToAll = {}
        self._languages: dict[str, Templates] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: Any = None,
    ) -> Template:
        """The template of this name in the present language. Raises TemplateNotFound."""
        if self.overlayed:
            return super().get_template(name, parent, globals)
        language = translation.get_language() or ""
        known = self._languages.get(language) or self._languages.setdefault(language, self.overlay())
        return known.get_template(name, parent, globals)

    def _generate(
        self, source: nodes.Template, name: str | None, filename: str | None, defer_init: bool = False
    ) -> str:
        if self.same_to_all:
            source = _Folder(source, self.same_to_all).visit(source)
        return super()._generate(source, name, filename, defer_init)


class _Folder(NodeTransformer):
    """Puts answers in the place of questions that are the same to all."""

    def __init__(self, template: nodes.Template, same_to_all: SameToAll) -> None:
        own = set(_named_in(template))
        self._known = {name: function for name, function in same_to_all.items() if name not in own}

    def visit_Output(self, node: nodes.Output) -> nodes.Output:  # noqa: N802 - Jinja's name
        """Jinja calls this for each piece of text with places in it."""
        self.generic_visit(node)
        node.nodes = [part for one in node.nodes for part in _apart(one)]
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Expr:  # noqa: N802 - Jinja's name
        """Jinja calls this for each call of a function or macro."""
        self.generic_visit(node)
        name = node.node.name if isinstance(node.node, nodes.Name) else ""
        said = [one.value for one in node.args if isinstance(one, nodes.Const)]
        if name not in self._known or len(said) != len(node.args) or node.dyn_args or node.dyn_kwargs:
            return node
        if not node.kwargs:
            return nodes.Const(self._known[name](*said), lineno=node.lineno)
        return _filled(str(said[0]), node) if name == "_" else node


def _filled(sentence: str, node: nodes.Call) -> nodes.Expr:
    """A sentence of this language whose values are known only when it is shown."""
    found = nodes.Const(Markup(translation.gettext(sentence)), lineno=node.lineno)  # noqa: S704 - as trusted as templates
    if "%" not in found.value:
        return found
    pairs = [nodes.Pair(nodes.Const(one.key), one.value, lineno=node.lineno) for one in node.kwargs]
    return nodes.Mod(found, nodes.Dict(pairs, lineno=node.lineno), lineno=node.lineno)


def _apart(shown: nodes.Expr) -> list[nodes.Expr]:
    """A filled sentence, where it is only shown, as the text it is and the values between."""
    if (
        not isinstance(shown, nodes.Mod)
        or not isinstance(shown.left, nodes.Const)
        or type(shown.left.value) is not Markup
    ):
        return [shown]
    values = {pair.key.value: pair.value for pair in shown.right.items}  # type: ignore[attr-defined]
    pieces = _VALUE.split(str(shown.left.value))
    if any("%" in text for text in pieces[::2]) or not values.keys() >= set(pieces[1::2]):
        return [shown]
    return [
        values[piece] if at % 2 else nodes.Const(Markup(piece), lineno=shown.lineno)  # noqa: S704
        for at, piece in enumerate(pieces)
    ]


def _named_in(template: nodes.Template) -> Iterator[str]:
    """Names that mean something of the template's own."""
    for name in template.find_all(nodes.Name):
        if name.ctx != "load":
            yield name.name
    for macro in template.find_all(nodes.Macro):
        yield macro.name
    for imported in template.find_all(nodes.FromImport):
        yield from _aliases(imported.names)
    for module in template.find_all(nodes.Import):
        yield module.target


def _aliases(names: Sequence[str | tuple[str, str]]) -> Iterator[str]:
    return (one if isinstance(one, str) else one[1] for one in names)
