"""Text, references and directives: the template as a tree.

White space goes where Velocity 1.7 lets it go: a directive takes the blanks and the line break right after its ")",
`#else` and `#end` those after the word, `#set` also the blanks before it if nothing but blanks stands between it and
the end of the element before.
"""

import re
from functools import partial

from dataplane.mapping.vtl.cursor import Cursor
from dataplane.mapping.vtl.expressions import DOLLAR, ExpressionReader
from dataplane.mapping.vtl.nodes import (
    Block,
    Break,
    Constant,
    Define,
    Expression,
    Foreach,
    If,
    Index,
    Macro,
    MacroCall,
    Node,
    Property,
    Reference,
    Set,
    Stop,
    Text,
    Tree,
)

_PLAIN = re.compile(r"[^$#\\]+")
_SET = re.compile(r"[ \t]*#(?:set|\{set\}) *\(")
_WORD = re.compile(r"#(?:([A-Za-z_@][A-Za-z0-9_@]*)|\{([A-Za-z_@][A-Za-z0-9_@]*)\})")
_ESCAPED_DIRECTIVE = re.compile(r"((?:\\\\)*)\\#(?:([A-Za-z_@][A-Za-z0-9_@]*)|\{([A-Za-z_@][A-Za-z0-9_@]*)\})")
_SLASHED_BANG = re.compile(r"(\\*\$)(\\+)(!\{?[A-Za-z_][A-Za-z0-9_-]*)")
_STRAY_BANG = re.compile(r"\$!(?![{}\[#$.])")
_BACKSLASHES = re.compile(r"\\+")
_COMMENT = re.compile(r"#\*.*?(?:\*#|\Z)", re.DOTALL)
_LINE_COMMENT = re.compile(r"##[^\r\n]*(?:\r\n|\r|\n)?")
_VERBATIM = re.compile(r"#\[\[(.*?)\]\]#", re.DOTALL)
_TRAILING = re.compile(r"[ \t]*(?:\r\n|\r|\n)")
_ARGUMENT_GAP = re.compile(r"[ \t\n\r]*(?:,[ \t\n\r]*)?")
_ARGUMENT_WORD = re.compile(r"[A-Za-z_@][A-Za-z0-9_@]*")
_OPENING = re.compile(r"[ \t\n\r]*\(")

_REFUSED = {"evaluate", "parse", "include"}
_DIRECTIVES = {"foreach", "macro", "define", "break", "stop", "literal", *_REFUSED}
_CLOSERS = {"end", "else", "elseif"}


def parse(source: str) -> Tree:
    """Raises TemplateError."""
    tree = Tree([])
    parser = _Parser(Cursor(source, source, 0, 0), tree)
    tree.block = parser.block()
    if parser.cursor.at < len(source):
        parser.cursor.fail(f"#{parser.closer()} without its beginning")
    return tree


def _quoted(whole: str, tree: Tree, text: str, base: int, depth: int) -> Block:
    """What a double-quoted text holds. A blank is added and taken away again, so that no directive is last."""
    bare = "##" in text
    inner = _Parser(Cursor(text if bare else text + " ", whole, base, depth), tree)
    block = inner.block()
    if inner.cursor.at < len(inner.cursor.text):
        inner.cursor.fail(f"#{inner.closer()} without its beginning")
    if not bare and block and isinstance(block[-1], Text) and block[-1].text.endswith(" "):
        block[-1].text = block[-1].text[:-1]
    return block


class _Parser:
    def __init__(self, cursor: Cursor, tree: Tree) -> None:
        self.cursor = cursor
        self.tree = tree
        self.property_end = -1  # where a reference such as `$a.b` or `$a.b[0]` ended
        self.expressions = ExpressionReader(cursor, partial(_quoted, cursor.whole, tree), tree.saw)

    # blocks

    def block(self) -> Block:
        """Up to the end, or to an #end, #else or #elseif, where the cursor then stands."""
        cursor = self.cursor
        found: Block = []
        while cursor.at < len(cursor.text) and not self.closer():
            node = self._node()
            if node is not None:
                found.append(node)
        return found

    def closer(self) -> str:
        """The name of the closing directive that the cursor stands at, or nothing."""
        if not self.cursor.peek("#"):
            return ""
        found = _WORD.match(self.cursor.text, self.cursor.at)
        name = (found[1] or found[2]) if found else ""
        return name if name in _CLOSERS else ""

    def _node(self) -> Node | None:
        cursor = self.cursor
        if (found := cursor.match(_SET)) is not None:
            return self._set(cursor.base + found.end() - len(found[0].lstrip(" \t")))
        if (found := cursor.match(_PLAIN)) is not None:
            return Text(found[0])
        if cursor.peek("#"):
            return self._hash()
        return self._dollar_or_backslash()

    def _dollar_or_backslash(self) -> Node:
        cursor = self.cursor
        if (found := cursor.match(DOLLAR)) is not None:
            reference = self.expressions.after_dollar(found)
            self.property_end = cursor.at if not found[4] and _ends_in_property(reference) else -1
            return reference
        if (found := cursor.match(_SLASHED_BANG)) is not None:
            return Text(found[1] + found[2][:-1] + found[3])
        if (found := cursor.match(_ESCAPED_DIRECTIVE)) is not None:
            return Text(self._escaped(found))
        if (found := cursor.match(_BACKSLASHES)) is not None:
            return Text(self._backslashes(found[0]))
        if cursor.match(_STRAY_BANG) is None:  # Velocity drops a "!" after "$" that begins nothing
            cursor.at += 1
        if cursor.at == len(cursor.text):
            cursor.fail("the template ends in '$'")
        return Text("$")

    def _escaped(self, found: re.Match[str]) -> str:
        """`\\#if` prints `#if`; before what is no directive a backslash is a backslash."""
        name = found[2] or found[3]
        if not self._known(name):
            return found[0]
        return "\\" * (len(found[1]) // 2) + found[0][len(found[1]) + 1 :]

    def _backslashes(self, run: str) -> str:
        """An even number of them before a directive that acts: each pair prints one."""
        found = _WORD.match(self.cursor.text, self.cursor.at)
        name = (found[1] or found[2]) if found else ""
        halved = len(run) % 2 == 0 and name and name != "set" and self._known(name)
        return run[: len(run) // 2] if halved else run

    def _known(self, name: str) -> bool:
        return name in _DIRECTIVES or name in _CLOSERS or name in ("if", "set") or name in self.tree.macros

    # after "#"

    def _hash(self) -> Node | None:
        cursor = self.cursor
        if cursor.at == self.property_end and cursor.take("##"):
            return Text("##")  # right after `$a.b` Velocity knows no line comment
        if cursor.match(_LINE_COMMENT) is not None or cursor.match(_COMMENT) is not None:
            return None
        if cursor.peek("#[["):
            found = cursor.match(_VERBATIM)
            if found is None:
                cursor.fail("#[[ is not closed by ]]#")
            return Text(found[1])
        start = cursor.at
        found = cursor.match(_WORD)
        if found is None:
            cursor.at += 1
            if cursor.at == len(cursor.text):
                cursor.fail("the template ends in '#'")
            return Text("#")
        return self._directive(found[1] or found[2], start)

    def _directive(self, name: str, start: int) -> Node | None:
        if name in _REFUSED:
            self.cursor.fail(f"#{name} is not supported", start)
        if name == "if":
            return self._if(start)
        if name == "stop":
            return self._stop(start)
        if name == "break":
            return self._break(start)
        if name in ("foreach", "macro", "define", "literal"):
            return self._block_directive(name, start)
        if name.startswith("@"):
            return self._macro_with_body(name[1:], start)
        return self._macro_call(name, start)

    def _set(self, at: int) -> Set:
        cursor = self.cursor
        cursor.space()
        target = self.expressions.reference()
        cursor.space()
        cursor.need("=")
        value = self.expressions.expression()
        self._close()
        self.tree.changes |= bool(target.steps)
        return Set(target, value, at)

    def _if(self, start: int) -> If:
        cursor = self.cursor
        at = cursor.base + start
        cursor.enter()
        branches = [self._branch()]
        otherwise: Block = []
        while (name := self.closer()) == "elseif":
            cursor.match(_WORD)
            branches.append(self._branch())
        if name == "else":
            self._take_closer()
            otherwise = self.block()
        self._end("if", start)
        cursor.leave()
        return If(branches, otherwise, at)

    def _branch(self) -> tuple[Expression, Block]:
        if self.cursor.match(_OPENING) is None:
            self.cursor.fail("expected '(' and a condition")
        condition = self.expressions.expression()
        self._close()
        return condition, self.block()

    def _close(self) -> None:
        """`)` with the blanks and the line break after it."""
        self.cursor.need(")")
        self.cursor.match(_TRAILING)

    def _take_closer(self) -> None:
        self.cursor.match(_WORD)
        self.cursor.match(_TRAILING)

    def _end(self, name: str, start: int) -> None:
        if self.closer() != "end":
            self.cursor.fail(f"#{name} has no #end", start)
        self._take_closer()

    def _stop(self, start: int) -> Stop:
        arguments = self._arguments() if self._has_arguments() else []
        if len(arguments) > 1:
            self.cursor.fail("#stop takes one message at most", start)
        self.tree.stops = True
        return Stop(self.cursor.base + start)

    def _break(self, start: int) -> Break:
        arguments = self._arguments() if self._has_arguments() else []
        if len(arguments) > 1:
            self.cursor.fail("#break takes one scope at most", start)
        self.tree.scoped_breaks |= bool(arguments)
        return Break(arguments[0] if arguments else None, self.cursor.base + start)

    # directives with a block, and macros

    def _block_directive(self, name: str, start: int) -> Node | None:
        cursor = self.cursor
        if not self._has_arguments():
            if name == "macro":
                cursor.fail("A macro declaration requires at least a name argument", start)
            return Text(cursor.text[start : cursor.at])
        cursor.enter()
        if name == "foreach":
            found: Node | None = self._foreach(start)
        elif name == "define":
            found = self._define(start)
        elif name == "literal":
            found = self._literal()
        else:
            found = None
            self._macro(start)
        self._end(name, start)
        cursor.leave()
        return found

    def _foreach(self, start: int) -> Foreach:
        cursor = self.cursor
        cursor.match(_OPENING)
        cursor.space()
        variable = self.expressions.reference()
        self.tree.outside[variable.root] -= variable.root not in self.tree.loops
        cursor.space()
        word = cursor.match(_ARGUMENT_WORD)
        if word is None or word[0] != "in":
            cursor.fail("expected 'in'")
        cursor.space()
        items = self.expressions.value()
        cursor.space()
        self._close()
        self.tree.loops.append(variable.root)
        block = self.block()
        self.tree.loops.pop()
        return Foreach(variable.root, items, block, cursor.base + start)

    def _define(self, start: int) -> Define:
        arguments = self._arguments()
        if len(arguments) != 1 or not isinstance(arguments[0], Reference):
            self.cursor.fail("#define takes one reference", start)
        return Define(arguments[0].root, self.block(), self.cursor.base + start)

    def _literal(self) -> Text:
        self._arguments()
        first = self.cursor.at
        self.block()
        return Text(self.cursor.text[first : self.cursor.at])

    def _macro(self, start: int) -> None:
        cursor = self.cursor
        cursor.match(_OPENING)
        cursor.space()
        name = cursor.match(_ARGUMENT_WORD)
        if name is None:
            cursor.fail("the first argument of #macro is its name", start)
        parameters: list[str] = []
        cursor.match(_ARGUMENT_GAP)
        while not cursor.peek(")"):
            parameters.append(self.expressions.reference().root)
            cursor.match(_ARGUMENT_GAP)
        self._close()
        macro = Macro(name[0], parameters, self.block(), cursor.base + start)
        self.tree.macros.setdefault(macro.name, macro)

    def _has_arguments(self) -> bool:
        return _OPENING.match(self.cursor.text, self.cursor.at) is not None

    def _arguments(self) -> list[Expression]:
        """Values between "(" and ")", apart by blanks or commas; takes the line break after them."""
        cursor = self.cursor
        cursor.match(_OPENING)
        cursor.enter()
        found: list[Expression] = []
        cursor.match(_ARGUMENT_GAP)
        while not cursor.peek(")"):
            argument = self.expressions.maybe_value()
            if argument is None:
                word = cursor.match(_ARGUMENT_WORD)
                if word is None:
                    cursor.fail(f"expected an argument or ')' but found {cursor.text[cursor.at : cursor.at + 12]!r}")
                argument = Constant(word[0], word[0])
            found.append(argument)
            cursor.match(_ARGUMENT_GAP)
        cursor.leave()
        self._close()
        return found

    def _macro_call(self, name: str, start: int) -> MacroCall:
        cursor = self.cursor
        arguments = self._arguments() if self._has_arguments() else []
        return MacroCall(name, arguments, cursor.text[start : cursor.at], cursor.base + start)

    def _macro_with_body(self, name: str, start: int) -> Node:
        cursor = self.cursor
        if not self._has_arguments():
            return Text(cursor.text[start : cursor.at])
        cursor.enter()
        arguments = self._arguments()
        body = self.block()
        self._end(f"@{name}", start)
        cursor.leave()
        return MacroCall(name, arguments, cursor.text[start : cursor.at], cursor.base + start, body)


def _ends_in_property(reference: Reference) -> bool:
    named = [step for step in reference.steps if not isinstance(step, Index)]
    return bool(named) and isinstance(named[-1], Property)
