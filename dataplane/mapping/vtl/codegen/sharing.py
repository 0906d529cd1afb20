"""Which parts of references stand in several of a row's: `$a.b.c $a.b.d` look `$a.b` up once.

A row is text and references that only read properties, so that nothing in it changes what another one finds.
"""

from collections import Counter
from itertools import takewhile
from typing import Final, TypeAlias

from dataplane.mapping.vtl.nodes import Block, Call, Index, Property, Reference, Text

MAX_ROW: Final = 64

Prefix: TypeAlias = tuple[str, ...]  # a root and names of properties


def row(block: Block, start: int, apart: frozenset[str]) -> tuple[int, list[Prefix]]:
    """How many nodes from `start` on are one row, at least one; and what they share, shorter ones first.

    References to the roots in `apart` share nothing."""
    owners: Counter[Prefix] = Counter()
    at = start
    for at in range(start, min(len(block), start + MAX_ROW)):
        node = block[at]
        if isinstance(node, Reference) and (names := _names(node)) is not None:
            if len(names) > 1 and node.root not in apart:
                owners[node.root, *names[:-1]] += 1
        elif not isinstance(node, Text):
            break
    else:
        at += 1
    return max(1, at - start), _worthwhile(owners)


def leading(steps: list[Property | Call | Index]) -> list[str]:
    """The names of the properties that come before anything else."""
    return [
        step.name for step in takewhile(lambda step: isinstance(step, Property), steps) if isinstance(step, Property)
    ]


def _names(reference: Reference) -> list[str] | None:
    names = leading(reference.steps)
    return names if len(names) == len(reference.steps) else None


def _worthwhile(owners: Counter[Prefix]) -> list[Prefix]:
    """Longest first: one that is looked up once asks its own owner once, however often it is used itself."""
    found: list[Prefix] = []
    for length in range(max(map(len, owners), default=1), 1, -1):
        for prefix in [prefix for prefix in owners if len(prefix) == length]:
            asked = owners[prefix]
            if asked > 1:
                found.append(prefix)
            if length > 2:
                owners[prefix[:-1]] += 1 if asked > 1 else asked
    return found[::-1]
