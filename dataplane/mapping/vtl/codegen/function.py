"""A Python function being written."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class Function:
    name: str
    lines: list[tuple[str, int]] = field(default_factory=list)
    loops: int = 0  # open around the statement being written

    def add(self, indent: int, text: str, at: int) -> None:
        """`at` is the offset in the template."""
        self.lines.append((" " * indent + text, at))
