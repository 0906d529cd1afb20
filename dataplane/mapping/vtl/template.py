"""A compiled template."""

from typing import Any, Final, Protocol

from dataplane.mapping.timelimit import TooSlow, limited
from dataplane.mapping.vtl.codegen import FILENAME, Program, TooComplex, compile_tree
from dataplane.mapping.vtl.errors import TemplateError, line_and_column
from dataplane.mapping.vtl.frames import BreakScope, Frame, Output, StopTemplate
from dataplane.mapping.vtl.java.values import MAX_TEXT, Trouble
from dataplane.mapping.vtl.nodes import Text
from dataplane.mapping.vtl.parser import parse

MAX_SOURCE: Final = 300 * 1024  # bytes: API Gateway's quota for a mapping template


_MATCHING: Final = frozenset(("matches", "replaceAll", "replaceFirst", "split"))  # by regular expressions
COMPACT_FROM: Final = 32 * 1024  # characters: from there on the time to compile counts for more


class Variables(Protocol):
    def variables(self, roots: frozenset[str]) -> dict[str, Any]:
        """What a template can refer to; `roots` are the names that it does. The template may add to it. Of names that
        are not API Gateway's only a plain template is sure to see what they are."""


_ENDINGS: Final = (StopTemplate, BreakScope, Trouble, TooSlow, ValueError, ArithmeticError, RecursionError)


class Template:
    """`constant` is the text of a template that has neither references nor directives that act."""

    __slots__ = ("_local", "_matches", "_program", "_roots", "constant", "source")

    def __init__(
        self, source: str, program: Program | str, roots: frozenset[str] = frozenset(), *, matches: bool = False
    ) -> None:
        """`matches`: it may run regular expressions."""
        self.source = source
        self.constant = program if isinstance(program, str) else None
        self._program = None if isinstance(program, str) else program
        self._local = self._program.local if self._program and not matches else None
        self._roots = roots
        self._matches = matches

    def render(self, scope: Variables) -> str:
        """Raises TemplateError, at the place that failed."""
        local = self._local
        if local is None:
            return self._otherwise(scope)
        output: list[str] = []
        try:
            local(scope.variables(self._roots).get, output)
        except _ENDINGS as end:
            self._ended(end, output)
        printed = "".join(output)
        return printed if len(printed) <= MAX_TEXT and printed.isascii() else _checked(printed)

    def _otherwise(self, scope: Variables) -> str:
        """What is no short way."""
        if self.constant is not None:
            return self.constant
        output = Output()
        try:
            if self._matches:
                limited(lambda: self._run(scope, output))
            else:
                self._run(scope, output)
        except _ENDINGS as end:
            self._ended(end, output)
        return _checked("".join(output))

    def _run(self, scope: Variables, output: Output) -> None:
        program, values = self._program, scope.variables(self._roots)
        assert program is not None
        if program.local is not None:
            program.local(values.get, output)
        elif program.code is not None:
            program.code(Frame(values), output)

    def _ended(self, end: Exception, output: list[str]) -> None:
        """Before its last line. Raises TemplateError where that was a failure."""
        if isinstance(end, StopTemplate):
            output.append(end.printed)
        elif not isinstance(end, BreakScope):
            assert self._program is not None
            raise self._located(end, self._program.lines) from end

    def _located(self, error: Exception, lines: list[int]) -> TemplateError:
        offset, trace = 0, error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename == FILENAME:
                offset = lines[trace.tb_lineno - 1]
            trace = trace.tb_next
        message = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        return TemplateError(message, *line_and_column(self.source, offset))


def compile_template(source: str, *, plain: bool = False) -> Template:
    """Raises TemplateError. `plain` templates print null as Velocity does, not as API Gateway does."""
    if len(source) > MAX_SOURCE or len(source.encode("utf-8", "replace")) > MAX_SOURCE:
        raise TemplateError(f"a mapping template of more than {MAX_SOURCE // 1024} KB", 1, 1)
    tree = parse(source)
    texts = [node.text for node in tree.block if isinstance(node, Text)]
    if len(texts) == len(tree.block):
        return Template(source, _encodable("".join(texts)))
    try:
        program = compile_tree(tree, plain=plain, compact=len(source) > COMPACT_FROM)
    except TooComplex as error:
        raise TemplateError(str(error), 1, 1) from error
    return Template(source, program, frozenset(tree.roots), matches=bool(tree.calls & _MATCHING))


def _checked(printed: str) -> str:
    if len(printed) > MAX_TEXT:
        raise TemplateError(f"a text longer than {MAX_TEXT} characters", 1, 1)
    return _encodable(printed)


def _encodable(text: str) -> str:
    """Half of a surrogate pair has no UTF-8; Java writes "?" for it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()
