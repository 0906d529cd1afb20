"""What the caller of an import may choose beside the document."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from console.core.faults import BadRequest

BASE_PATHS = ("ignore", "prepend", "split")
MODES = ("merge", "overwrite")


@dataclass(frozen=True, slots=True)
class Options:
    """`parameters` of ImportRestApi and PutRestApi; their names are read in any case, as AWS does."""

    basepath: str = "ignore"
    endpoint_types: list[str] = field(default_factory=list)
    vpc_endpoint_ids: list[str] = field(default_factory=list)
    documentation: bool = True


def check_mode(mode: str) -> None:
    if mode not in MODES:
        raise BadRequest('Enumeration value of OpenAPI import mode must be "overwrite" or "merge"', field="mode")


def options(parameters: Mapping[str, str] | None) -> Options:
    """Raises BadRequest."""
    given = {name.lower(): value for name, value in (parameters or {}).items()}
    basepath = given.pop("basepath", "ignore").lower()
    if basepath not in BASE_PATHS:
        raise BadRequest(f"Invalid basepath: {basepath}. It must be one of ignore, prepend, split", field="parameters")
    types = _listed(given.pop("endpointconfigurationtypes", ""))
    vpc_endpoint_ids = _listed(given.pop("endpointconfigurationvpcendpointids", given.pop("vpcendpointids", "")))
    ignored = given.pop("ignore", "")
    if ignored not in ("", "documentation"):
        raise BadRequest(f"Invalid value of ignore: {ignored}. It must be documentation", field="parameters")
    if given:
        raise BadRequest(f"Unknown import parameter: {', '.join(sorted(given))}", field="parameters")
    return Options(basepath, types, vpc_endpoint_ids, documentation=not ignored)


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
