"""A strict reader of Prometheus' text format 0.0.4.

Source: Prometheus documentation, "Exposition formats": text format details. Where that lets a reader be lenient, this
one is not.
"""

import re
from dataclasses import dataclass, field

_NAME = r"[a-zA-Z_:][a-zA-Z0-9_:]*"
_HELP = re.compile(rf"# HELP ({_NAME}) ((?:[^\\]|\\\\|\\n)+)")
_TYPE = re.compile(rf"# TYPE ({_NAME}) (counter|gauge|histogram|summary|untyped)")
_LABEL = r'[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\\\|\\"|\\n)*"'
_VALUE = r"-?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?|[+-]Inf|NaN"
_SAMPLE = re.compile(rf"({_NAME})(?:\{{({_LABEL}(?:,{_LABEL})*)\}})? ({_VALUE})")
_PAIR = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
_ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}
_SUFFIXES = {"summary": ("_sum", "_count", ""), "histogram": ("_sum", "_count", "_bucket")}

Series = tuple[tuple[str, str], ...]  # labels and their values, by name


@dataclass
class Family:
    name: str
    help: str
    kind: str
    samples: dict[tuple[str, Series], float] = field(default_factory=dict)


def read(text: str) -> dict[str, Family]:
    """Raises AssertionError."""
    assert text.endswith("\n"), "the last line has no end"
    families: dict[str, Family] = {}
    described = ""
    for line in text[:-1].split("\n"):
        if line.startswith("# HELP "):
            found = _HELP.fullmatch(line)
            assert found is not None, line
            assert found[1] not in families, f"{found[1]} comes twice"
            described = found[1]
            families[described] = Family(described, found[2], "")
        elif line.startswith("#"):
            found = _TYPE.fullmatch(line)
            assert found is not None, line
            assert found[1] == described, f"{line}: not of the family under way"
            assert not families[described].kind and not families[described].samples, line
            families[described].kind = found[2]
        else:
            _sample(line, families[described])
    return families


def _sample(line: str, family: Family) -> None:
    found = _SAMPLE.fullmatch(line)
    assert found is not None, line
    name, labels, value = found.groups()
    assert name in [family.name + suffix for suffix in _SUFFIXES.get(family.kind, ("",))], f"{line}: of {family.name}"
    pairs = [(label, _unescaped(text)) for label, text in _PAIR.findall(labels or "")]
    assert len({label for label, _ in pairs}) == len(pairs), line
    key = name, tuple(sorted(pairs))
    assert key not in family.samples, f"{line} comes twice"
    family.samples[key] = float(value)
    if family.kind == "counter":
        assert name.endswith("_total") and float(value) >= 0, line


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda escape: _ESCAPES[escape[0]], text)


def counters(families: dict[str, Family]) -> dict[tuple[str, Series], float]:
    """All that may never fall."""
    growing = [family for family in families.values() if family.kind in ("counter", "summary", "histogram")]
    return {key: value for family in growing for key, value in family.samples.items()}
