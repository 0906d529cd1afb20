"""Random JSONPaths over the document of golden/jsonpath.json, of what JsonPath 2.0.0 knows."""

from random import Random

NAMES = (
    *("store", "book", "bicycle", "price", "title", "author", "isbn", "tags", "color", "category"),
    *("expensive", "nul", "nested", "n", "empty", "x", "y", "z", "flag", "nope"),
)
QUOTED = (*NAMES, "a b")
BEGINNINGS = (
    "$",
    "$",
    "$",
    "$.store",
    "$.store.book",
    "$.store.book",
    "$..book",
    "$.n",
    "$.nested",
    "$.x",
    "$.store.*",
)
TESTED = ("@.price", "@.isbn", "@.category", "@.title", "@.tags", "@.color", "@", "@.tags[0]", "@['price']", "@.nope")
LITERALS = (
    "10",
    "8.95",
    "-1",
    "3",
    "0",
    "'fiction'",
    "'x'",
    "'Moby'",
    "true",
    "null",
    "$.expensive",
    "$.store.book[1].price",
)
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
PATTERNS = ("/.*o.*/", "/s.*/i", "/Sword/", "/[A-M].*/", "/^$/")


class Generator:
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        self.one_of = self.random.choice

    def path(self) -> str:
        steps = "".join(self.step() for _ in range(self.one_of((0, 1, 1, 2, 2, 3, 4))))
        return self.one_of(BEGINNINGS) + steps

    def step(self) -> str:
        kinds = (self._name, self._quoted, self._wildcard, self._index, self._slice, self._scan, self._filter)
        return self.random.choices(kinds, (30, 12, 14, 14, 12, 10, 14))[0]()

    def _name(self) -> str:
        return f".{self.one_of(NAMES)}"

    def _quoted(self) -> str:
        names = [f"'{self.one_of(QUOTED)}'" for _ in range(self.one_of((1, 1, 1, 2, 3)))]
        return f"[{self.one_of((',', ', ')).join(names)}]"

    def _wildcard(self) -> str:
        return self.one_of((".*", "[*]", "[*]", "[ * ]"))

    def _index(self) -> str:
        return f"[{','.join(str(self.random.randint(-4, 4)) for _ in range(self.one_of((1, 1, 1, 2, 3))))}]"

    def _slice(self) -> str:
        first, last = self.random.randint(-4, 4), self.random.randint(-4, 4)
        return self.one_of((f"[{first}:]", f"[:{last}]", f"[{first}:{last}]", f"[{first}:{last}]"))

    def _scan(self) -> str:
        return ".." + self.one_of(
            (self.one_of(NAMES), self.one_of(NAMES), "*", "[0]", "[*]", f"['{self.one_of(NAMES)}']", self._filter())
        )

    def _filter(self) -> str:
        return f"[?({self.condition(0)})]"

    def condition(self, depth: int) -> str:
        chance = self.random.random()
        if depth < 2 and chance < 0.2:
            return f"{self.condition(depth + 1)} {self.one_of(('&&', '||'))} {self.condition(depth + 1)}"
        if depth < 2 and chance < 0.27:
            return f"({self.condition(depth + 1)})"
        if chance < 0.35:
            return self.one_of(("", "!")) + self.one_of(TESTED)
        if chance < 0.45:
            return f"{self.one_of(TESTED)} =~ {self.one_of(PATTERNS)}"
        if chance < 0.55:
            return self._word(self.one_of(TESTED))
        return f"{self.one_of(TESTED)} {self.one_of(COMPARISONS)} {self.one_of(LITERALS)}"

    def _word(self, tested: str) -> str:
        words = (
            "in ['x', 'Moby', 8.95]",
            "nin ['x', 'fiction']",
            "contains 'a'",
            "size 2",
            "empty true",
            "empty false",
            "all ['a']",
        )
        return f"{tested} {self.one_of(words)}"
