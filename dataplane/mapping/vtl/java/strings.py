"""java.lang.String. Positions count UTF-16 units, as Java's do."""

import re
from typing import Any

from dataplane.mapping import javaregex
from dataplane.mapping.vtl.java.formatting import java_format
from dataplane.mapping.vtl.java.tables import NoMethod, collection, integer, register, string
from dataplane.mapping.vtl.java.values import MAX_TEXT, ArrayList, Trouble, bounded, text

_GROUP = re.compile(r"\\(.)|\$(\d)|\$\{([A-Za-z][A-Za-z0-9]*)\}|\$", re.DOTALL)
_JAVA_SPACE = "".join(map(chr, range(33)))


def units(value: str) -> str:
    """One character for each UTF-16 unit."""
    if value.isascii() or max(value) <= "\uffff":
        return value
    pairs = value.encode("utf-16-le", "surrogatepass")
    return "".join(chr(pairs[at] | pairs[at + 1] << 8) for at in range(0, len(pairs), 2))


def whole(value: str) -> str:
    """Pairs of surrogates become characters again."""
    if value.isascii():
        return value
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def _length(value: str) -> int:
    return len(units(value))


def _char_at(value: str, at: Any) -> str:
    found = units(value)
    if not 0 <= integer(at) < len(found):
        raise Trouble(f"String index out of range: {at}")
    return found[at]


def _substring(value: str, start: Any, stop: Any = None) -> str:
    found = units(value)
    end = len(found) if stop is None else integer(stop)
    if not 0 <= integer(start) <= end <= len(found):
        raise Trouble(f"String index out of range: begin {start}, end {end}, length {len(found)}")
    return whole(found[start:end])


def _index_of(value: str, piece: Any, start: Any = 0) -> int:
    return units(value).find(_piece(piece), max(0, integer(start)))


def _last_index_of(value: str, piece: Any, start: Any = None) -> int:
    found, wanted = units(value), _piece(piece)
    return found.rfind(wanted) if start is None else found.rfind(wanted, 0, max(0, integer(start) + len(wanted)))


def _piece(piece: Any) -> str:
    if isinstance(piece, int) and not isinstance(piece, bool) and 0 <= piece < 0x110000:
        return units(chr(piece))
    return units(string(piece))


def _starts_with(value: str, prefix: Any, start: Any = 0) -> bool:
    return integer(start) >= 0 and units(value).startswith(units(string(prefix)), start)


def _compare(value: str, other: Any) -> int:
    if not isinstance(other, str):
        raise Trouble("ClassCastException: compareTo takes a String")
    left, right = units(value), units(other)
    for mine, theirs in zip(left, right, strict=False):
        if mine != theirs:
            return ord(mine) - ord(theirs)
    return len(left) - len(right)


def _concat(value: str, other: Any) -> str:
    return bounded(value + string(other))


def _replace(value: str, old: Any, new: Any) -> str:
    wanted, other = string(old), string(new)
    if len(value) * (len(other) + 1) > MAX_TEXT and (value.count(wanted) * len(other)) > MAX_TEXT:
        raise Trouble(f"a text longer than {MAX_TEXT} characters")
    return bounded(value.replace(wanted, other))


def _regex(pattern: Any) -> re.Pattern[str]:
    try:
        return javaregex.compile_regex(string(pattern))
    except (re.error, OverflowError, RecursionError) as error:
        raise Trouble(f"not a regular expression: {pattern!r}: {error}") from error


def _replace_regex(value: str, pattern: Any, replacement: Any, count: int) -> str:
    template = string(replacement)
    if "\\" not in template and "$" not in template:
        return bounded(_regex(pattern).sub(lambda found: template, value, count=count))
    return bounded(_regex(pattern).sub(lambda found: _expand(found, template), value, count=count))


def _expand(found: re.Match[str], template: str) -> str:
    """`$1`, `${name}` and backslashes of Matcher.appendReplacement."""

    def group(reference: re.Match[str]) -> str:
        if reference[1] is not None:
            return reference[1]
        try:
            return found[reference[3] or int(reference[2])] or ""
        except (IndexError, TypeError) as error:
            raise Trouble(f"Illegal group reference in {template!r}") from error

    return _GROUP.sub(group, template)


def _split(value: str, pattern: Any, limit: Any = 0) -> ArrayList:
    """Empty texts at the end go away unless a limit is given, as does one that nothing matched at the start."""
    most, parts, at = integer(limit), ArrayList(), 0
    for found in _regex(pattern).finditer(value):
        if most > 0 and len(parts) == most - 1:
            break
        if found.end() == 0 or (found.start() == found.end() == len(value)):
            continue
        parts.append(value[at : found.start()])
        at = found.end()
    parts.append(value[at:])
    while most == 0 and len(parts) > 1 and not parts[-1]:
        parts.pop()
    return parts


def _join(separator: Any, parts: Any) -> str:
    return bounded(string(separator).join(text(part) for part in collection(parts)))


def _repeat(value: str, count: Any) -> str:
    if not 0 <= integer(count) <= MAX_TEXT // max(1, len(value)):
        raise Trouble(f"count is negative or too large: {count}")
    return value * int(count)


def _contains(value: str, piece: Any) -> bool:
    return string(piece) in value


def _value_of(value: str, other: Any) -> str:
    if other is None:
        raise NoMethod
    return text(other)


register(
    str,
    {
        ("length", 0): _length,
        ("isEmpty", 0): lambda value: not value,
        ("isBlank", 0): lambda value: not value.strip(),
        ("charAt", 1): _char_at,
        ("codePointAt", 1): lambda value, at: ord(_char_at(value, at)),
        ("substring", 1): _substring,
        ("substring", 2): _substring,
        ("subSequence", 2): _substring,
        ("indexOf", 1): _index_of,
        ("indexOf", 2): _index_of,
        ("lastIndexOf", 1): _last_index_of,
        ("lastIndexOf", 2): _last_index_of,
        ("startsWith", 1): _starts_with,
        ("startsWith", 2): _starts_with,
        ("endsWith", 1): lambda value, suffix: value.endswith(string(suffix)),
        ("contains", 1): _contains,
        ("contentEquals", 1): lambda value, other: value == string(other),
        ("equalsIgnoreCase", 1): lambda value, other: isinstance(other, str) and value.casefold() == other.casefold(),
        ("compareTo", 1): _compare,
        ("compareToIgnoreCase", 1): lambda value, other: _compare(value.lower(), string(other).lower()),
        ("concat", 1): _concat,
        ("replace", 2): _replace,
        ("replaceAll", 2): lambda value, pattern, new: _replace_regex(value, pattern, new, 0),
        ("replaceFirst", 2): lambda value, pattern, new: _replace_regex(value, pattern, new, 1),
        ("matches", 1): lambda value, pattern: _regex(pattern).fullmatch(value) is not None,
        ("split", 1): _split,
        ("split", 2): _split,
        ("toCharArray", 0): lambda value: ArrayList(units(value)),
        ("toLowerCase", 0): str.lower,
        ("toUpperCase", 0): str.upper,
        ("trim", 0): lambda value: value.strip(_JAVA_SPACE),
        ("strip", 0): str.strip,
        ("stripLeading", 0): str.lstrip,
        ("stripTrailing", 0): str.rstrip,
        ("repeat", 1): _repeat,
        ("intern", 0): str,
        # static ones, which Java lets be called on any string
        ("valueOf", 1): _value_of,
        ("copyValueOf", 1): _value_of,
        ("join", 2): lambda value, separator, parts: _join(separator, parts),
        **{
            ("format", count): lambda value, template, *arguments: java_format(string(template), arguments)
            for count in range(1, 10)
        },
    },
)
