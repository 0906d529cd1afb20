"""Random mapping templates over the variables of golden/generated.json.

Text that Velocity's lexer may take for part of the reference before it is marked, so that `calm` can write the same
template with harmless text in its place.
"""

from random import Random

ROOTS = ("s", "n", "d", "t", "f", "l", "m", "e", "nums", "words", "zz", "x", "y", "i", "s", "m")
STEPS = (
    *(".a", ".b", ".c", ".k", ".x", ".foo", "[0]", '["b"]', ".size()", ".length()", ".get(0)", '.get("a")'),
    *(".toString()", ".isEmpty()", '.contains("a")', ".toUpperCase()", '.concat("q")', '.indexOf("i")', ".equals($s)"),
    *(".keySet()", ".values()", ".entrySet()", ".foo()", ".trim()", ".substring(1)", '.replace("h","j")'),
    *('.put("k",$n)', '.containsKey("a")', ".hashCode()", '.startsWith("h")', '.compareTo("a")', ".subList(0,1)"),
    *(".isEmpty()", ".add(7)", '.remove("a")'),
)
TEXTS = (
    *(" ", "\n", "  \n", "}", ", ", '"', "'", ": ", "<p>", "$5", "#5", "\\", "\\\\", "% ", "-", ".", "\t"),
    *(" - ", "#fff ", "!", "ü", "/", "\ue000", "\ue001", "\ue002", "\ue003", "\ue004"),
)
MARKED = {"\ue000": "a.b", "\ue001": "{", "\ue002": "(x)", "\ue003": "a", "\ue004": "b ", "\ue005": "## c\n"}
CALM = {"\ue000": "a;b", "\ue001": "<", "\ue002": "<x>", "\ue003": ";", "\ue004": "; ", "\ue005": ";"}
STRINGS = ('"a"', "'b'", '""', "'$s'", '"hi"', '"5"', '"a""b"', "'it''s'")
COMPARISONS = ("==", "!=", "<", ">", "<=", ">=", "eq", "ne", "lt", "ge")
AFTER = ("", " ", "\n", "  \n")


def written(marked: str) -> str:
    return marked.translate(str.maketrans(MARKED))


def calm(marked: str) -> str:
    return marked.translate(str.maketrans(CALM))


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.one_of = self.random.choice

    def template(self) -> str:
        return self.block(0)

    def reference(self) -> str:
        steps = "".join(self.one_of(STEPS) for _ in range(self.one_of((0, 0, 0, 1, 1, 2))))
        name, bang = self.one_of(ROOTS) + steps, self.one_of(("", "", "", "!"))
        return f"${bang}{{{name}}}" if self.random.random() < 0.4 else f"${bang}{name}"

    def value(self, depth: int) -> str:
        kinds = (self._loud_reference, self._number, self._float, self._string, self._quoted, self._boolean)
        weights = [35, 15, 8, 10, 7, 5]
        kind = self.random.choices((*kinds, self._list, self._map, self._range), (*weights, 8, 5, 7))[0]
        return kind(depth)

    def _loud_reference(self, depth: int) -> str:
        return self.reference().replace("$!", "$")

    def _number(self, depth: int) -> str:
        return str(self.random.randint(-9, 20))

    def _float(self, depth: int) -> str:
        return self.one_of(("1.5", "0.25", "10.0", "1e3", "2.0"))

    def _string(self, depth: int) -> str:
        return self.one_of(STRINGS)

    def _quoted(self, depth: int) -> str:
        return '"' + self.block(depth + 2, quoted=True).replace('"', "'") + '"'

    def _boolean(self, depth: int) -> str:
        return self.one_of(("true", "false"))

    def _list(self, depth: int) -> str:
        items = [self.value(depth + 1) for _ in range(self.random.randint(0, 3))] if depth < 3 else ["1"]
        return f"[{', '.join(items)}]"

    def _map(self, depth: int) -> str:
        count = self.random.randint(0, 2) if depth < 3 else 0
        return "{" + ", ".join(f'"{self.one_of("abc")}": {self.value(depth + 1)}' for _ in range(count)) + "}"

    def _range(self, depth: int) -> str:
        return f"[{self.random.randint(-2, 3)}..{self.one_of(('3', '$n', '0'))}]"

    def expression(self, depth: int = 0) -> str:
        chance = self.random.random()
        if depth > 3 or chance < 0.4:
            return self.value(depth)
        if chance < 0.87:
            operators = ("+-*/%", COMPARISONS, ("&&", "||", "and", "or"))[(chance > 0.55) + (chance > 0.75)]
            return f"{self.expression(depth + 1)} {self.one_of(operators)} {self.expression(depth + 1)}"
        inner = self.expression(depth + 1)
        return f"!{inner}" if chance < 0.94 else f"({inner})"

    def block(self, depth: int, *, quoted: bool = False) -> str:
        return "".join(self.node(depth, quoted) for _ in range(self.random.randint(1, 4 if depth < 2 else 2)))

    def node(self, depth: int, quoted: bool) -> str:
        chance = self.random.random()
        if chance < 0.35:
            return self.one_of(TEXTS)
        if chance < 0.65:
            return ("\\" * self.random.randint(1, 3) if chance > 0.6 else "") + self.reference()
        if chance < 0.68:
            return "\\" * self.random.randint(1, 3) + self.one_of(("#if", "#set", "#foo", "#end")) + self.one_of(" x")
        if chance < 0.8:
            return f"#set(${self.one_of(('x', 'y', 'm.z', 'x.q', 'l[0]'))} = {self.expression()}){self.one_of(AFTER)}"
        if chance < 0.88 and depth < 4:
            return self.condition(depth, quoted)
        if chance < 0.96 and depth < 3:
            return self.loop(depth, quoted)
        if chance < 0.975:
            return self.one_of(("#* c *#", "#[[$s]]#") if quoted else ("#* c *#", "\ue005", "#[[ $s #x ]]#", "#stop"))
        return f"#define($y){self.block(2)}#end{self.one_of(('', '$y'))}" if depth < 1 and not quoted else ""

    def condition(self, depth: int, quoted: bool) -> str:
        found = f"#if({self.expression(depth)}){self.one_of(AFTER)}{self.block(depth + 1, quoted=quoted)}"
        if self.random.random() < 0.3:
            found += f"#elseif({self.expression(depth)})" + self.block(depth + 1, quoted=quoted)
        if self.random.random() < 0.4:
            found += self.one_of(("#else\n", "#{else}", "#else ")) + self.block(depth + 1, quoted=quoted)
        return found + self.one_of(("#end", "#{end}", "#end\n", "#end  \n"))

    def loop(self, depth: int, quoted: bool) -> str:
        inner = ("", "$foreach.count", "#if($foreach.hasNext),#end", "$velocityCount")
        more = ("$foreach.index $foreach.last", "#if($foreach.index==1)#break#end")
        found = f"#foreach($i in {self.value(depth)}){self.one_of(AFTER[:3])}" + self.block(depth + 1, quoted=quoted)
        return found + self.one_of((*inner, *more)) + self.one_of(("#end", "#end\n"))
