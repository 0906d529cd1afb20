"""Wildcards of policies: `*` is any run of characters, `?` any one. Nothing else has a meaning."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TypeAlias

Match: TypeAlias = Callable[[str], object]  # true where the whole of a text matches


@lru_cache(maxsize=1024)
def glob(pattern: str, flags: int = 0) -> re.Pattern[str]:
    pieces = (
        ".*" if piece == "*" else "." if piece == "?" else re.escape(piece) for piece in re.split(r"([*?])", pattern)
    )
    return re.compile("".join(pieces), flags | re.DOTALL)


def any_of(patterns: Iterable[str], flags: int = 0) -> Match:
    """One look for all of them."""
    listed = tuple(dict.fromkeys(patterns))
    if "*" in listed:
        return lambda text: True
    if len(listed) == 1:
        return glob(listed[0], flags).fullmatch
    return re.compile("|".join(f"(?:{glob(pattern).pattern})" for pattern in listed), flags | re.DOTALL).fullmatch
