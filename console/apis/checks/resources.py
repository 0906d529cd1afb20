"""Parts of a path."""

import re

from console.core.faults import BadRequest

MAX_PATH = 2048
_PART = re.compile(r"[a-zA-Z0-9._,:-]+|\{[a-zA-Z0-9._,:-]+\+?\}")


def path_part(part: str) -> None:
    if not part:
        raise BadRequest("Resource's path part must be specified", field="pathPart")
    if not _PART.fullmatch(part):
        raise BadRequest(
            "Resource's path part only allow a-zA-Z0-9._-: or a valid greedy path variable and curly braces at the "
            "beginning and the end.",
            field="pathPart",
        )


def path(whole: str) -> None:
    if len(whole) > MAX_PATH:
        raise BadRequest(f"Resource's path is longer than {MAX_PATH} characters", field="pathPart")


def is_variable(part: str) -> bool:
    return part.startswith("{")


def is_greedy(part: str) -> bool:
    return part.endswith("+}")
