"""What is wrong with a template, and where."""


class TemplateError(Exception):
    """`line` and `column` count from 1. Raised by compile_template, and by render for what only shows then."""

    def __init__(self, message: str, line: int, column: int) -> None:
        super().__init__(f"{message} (line {line}, column {column})")
        self.message = message
        self.line = line
        self.column = column


def line_and_column(source: str, offset: int) -> tuple[int, int]:
    before = source.count("\n", 0, offset)
    return before + 1, offset - source.rfind("\n", 0, offset)
