"""Why `up` does not start: one sentence that says what to do."""


class Refusal(Exception):
    """Its text is the whole of what a person is told; the command ends with exit code 1."""
