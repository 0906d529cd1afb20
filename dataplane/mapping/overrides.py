"""What templates wrote to `$context.requestOverride` and `$context.responseOverride`: it beats the mappings.

A list makes several values. https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-override-request-response-parameters.html
"""

from typing import Any

from dataplane.mapping.parameters import Mapped, Pairs
from dataplane.mapping.vtl.java.values import text


def override_request(mapped: Mapped, override: dict[str, Any]) -> Mapped:
    if not override:
        return mapped
    path = mapped.path | {name: ",".join(_texts(value)) for name, value in _part(override, "path").items()}
    return Mapped(
        path,
        _override(mapped.querystring, _part(override, "querystring")),
        override_headers(mapped.header, override),
    )


def override_headers(headers: Pairs, override: dict[str, Any]) -> Pairs:
    """`override` is a whole requestOverride or responseOverride; names match in any case."""
    wanted = _part(override, "header")
    if not wanted:
        return headers
    replaced = {name.lower() for name in wanted}
    kept = [pair for pair in headers if pair[0].lower() not in replaced]
    return kept + _pairs(wanted)


def override_status(override: dict[str, Any]) -> int | None:
    """`responseOverride.status` when it is an integer from 100 to 599."""
    status = override.get("status")
    if isinstance(status, str) and status.isascii() and status.isdigit() and len(status) == 3:
        status = int(status)
    if isinstance(status, int) and not isinstance(status, bool) and 100 <= status <= 599:
        return status
    return None


def _override(pairs: Pairs, wanted: dict[str, Any]) -> Pairs:
    return [pair for pair in pairs if pair[0] not in wanted] + _pairs(wanted)


def _part(override: dict[str, Any], place: str) -> dict[str, Any]:
    part = override.get(place)
    return part if isinstance(part, dict) else {}


def _pairs(wanted: dict[str, Any]) -> Pairs:
    return [(name, value) for name, values in wanted.items() for value in _texts(values)]


def _texts(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return [text(each) for each in values if each is not None]
