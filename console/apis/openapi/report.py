"""What became of each part of a document, for whoever imported it."""

from dataclasses import dataclass, field
from typing import Literal, TypedDict

from console.apis.openapi.syntax import Document, Pointer, pointer_text
from console.core.faults import BadRequest

Verdict = Literal["taken", "approximated", "ignored"]


class Line(TypedDict):
    line: int | None
    pointer: str  # "#/paths/~1pets/get"
    verdict: Verdict
    message: str


MAX_TOLD = 200  # of a kind, in one message


def told(title: str, messages: list[str]) -> str:
    """AWS's form of several messages in one."""
    more = len(messages) - MAX_TOLD
    return "\n\t".join((title, *messages[:MAX_TOLD], *([f"and {more} more"] if more > 0 else [])))


@dataclass(slots=True)
class Report:
    """`warnings` are those lines after which the API may do something else than the document says: AWS's `warnings`,
    for which `failOnWarnings` refuses a document. `errors` refuse it always."""

    document: Document
    lines: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _touched: set[Pointer] = field(default_factory=set)

    def taken(self, pointer: Pointer, message: str) -> None:
        """Says `approximated` instead when something inside it was not taken as it stands."""
        self._add(pointer, "approximated" if pointer in self._touched else "taken", message)

    def approximated(self, pointer: Pointer, message: str, *, warn: bool = False) -> None:
        self._lossy(pointer, "approximated", message, warn)

    def ignored(self, pointer: Pointer, message: str, *, warn: bool = False) -> None:
        self._lossy(pointer, "ignored", message, warn)

    def refuse(self) -> None:
        """Raises BadRequest when there are errors."""
        if self.errors:
            raise BadRequest(told("Errors found during import:", self.errors), field="body")

    def error(self, pointer: Pointer, message: str) -> None:
        line = self.document.line(pointer)
        self.errors.append(f"{message} ({pointer_text(pointer)}{f', line {line}' if line else ''})")

    def _lossy(self, pointer: Pointer, verdict: Verdict, message: str, warn: bool) -> None:
        self._touched.update(pointer[:length] for length in range(1, len(pointer)))
        self._add(pointer, verdict, message)
        if warn:
            self.warnings.append(f"{message} ({pointer_text(pointer)})")

    def _add(self, pointer: Pointer, verdict: Verdict, message: str) -> None:
        self.lines.append(
            Line(line=self.document.line(pointer), pointer=pointer_text(pointer), verdict=verdict, message=message)
        )
