"""What is exported, and in which form."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from console.core.faults import BadRequest

Members: TypeAlias = dict[str, Any]
Given: TypeAlias = Mapping[str, Any]

TYPES = ("oas30", "swagger")
EXTENSIONS = ("integrations", "authorizers", "apigateway", "postman")


@dataclass(frozen=True, slots=True)
class Exported:
    """`document` is an ApiDocument's JSON, which leaves out what is as it always is; the rest it does not hold."""

    document: Given
    host: str  # "http://a1b2c3d4e5.execute-api.localhost:8080"
    base_path: str  # "/prod"
    version: str
    description: str = ""
    region: str = "us-east-1"
    vpc_endpoint_ids: tuple[str, ...] = ()
    disable_execute_api_endpoint: bool = False
    authorizers: Mapping[str, Given] = field(default_factory=dict)  # AWS's members, by id
    documentation: Given | None = None  # {"version", "createdDate", "documentationParts"}


@dataclass(frozen=True, slots=True)
class Form:
    swagger: bool
    integrations: bool = False
    authorizers: bool = False
    apigateway: bool = False
    postman: bool = False

    @property
    def complete(self) -> bool:
        """Say path parameters that nobody declared, as OpenAPI wants it; what is to be imported again leaves them."""
        return not self.apigateway


def form(export_type: str, parameters: Mapping[str, str] | None) -> Form:
    """Raises BadRequest. `extensions` holds any of AWS's names, between commas; `apigateway` is all that AWS has."""
    if export_type not in TYPES:
        raise BadRequest(
            f"Invalid export type specified: {export_type}. It must be one of {', '.join(TYPES)}", field="exportType"
        )
    wanted = _extensions(parameters or {})
    everything = "apigateway" in wanted
    return Form(
        swagger=export_type == "swagger",
        integrations=everything or "integrations" in wanted,
        authorizers=everything or "authorizers" in wanted,
        apigateway=everything,
        postman="postman" in wanted,
    )


def _extensions(parameters: Mapping[str, str]) -> set[str]:
    unknown = set(parameters) - {"extensions", "postman"}
    if unknown:
        raise BadRequest(f"Unknown export parameter: {', '.join(sorted(unknown))}", field="parameters")
    wanted = {part.strip() for part in parameters.get("extensions", "").split(",") if part.strip()}
    wanted |= {"postman"} & set(parameters)
    unknown = wanted - set(EXTENSIONS)
    if unknown:
        names = ", ".join(sorted(unknown))
        raise BadRequest(
            f"Invalid export extensions specified: {names}. They can be any of {', '.join(EXTENSIONS)}",
            field="parameters",
        )
    return wanted
