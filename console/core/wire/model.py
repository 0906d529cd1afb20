"""Botocore's `apigateway` service model, joined by what AWS lacks: every operation's request and answer."""

import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import parse_qsl

from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import OperationModel, ServiceModel, Shape, StructureShape

from console.core.wire.additions import ADDITIONS

# A label whose value may hold slashes; it is the last of its URI.
GREEDY = frozenset({"resource_arn", "domain_name_access_association_arn", "base_path"})


@cache
def service() -> ServiceModel:
    loaded = Loader().load_service_model("apigateway", "service-2")
    joined = {part: {**loaded[part], **more} for part, more in ADDITIONS.items()}
    return ServiceModel({**loaded, **joined}, "apigateway")


@dataclass(frozen=True, slots=True)
class Address:
    """Where an operation is: `POST /restapis?mode=import` has the path `/restapis` and the query {"mode": "import"}."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]

    @property
    def labels(self) -> list[str]:
        return re.findall(r"\{(\w+)\+?\}", self.path)

    @property
    def shape(self) -> str:
        """The path without the labels' names: what two operations at one path have in common."""
        return re.sub(r"\{[^}]+\}", "{}", self.path)

    @property
    def route(self) -> str:
        """As Django writes it, without the leading slash."""
        return re.sub(r"\{(\w+)(\+?)\}", _converter, self.path.lstrip("/"))


def _converter(match: "re.Match[str]") -> str:
    name, plus = match.groups()
    return f"<path:{name}>" if plus or name in GREEDY else f"<str:{name}>"


def address(operation: OperationModel) -> Address:
    path, _, query = operation.http["requestUri"].partition("?")
    return Address(operation.http["method"], path, tuple(parse_qsl(query)))


def operation_names() -> list[str]:
    return list(service().operation_names)


def operation(name: str) -> OperationModel:
    return service().operation_model(name)


def status(operation: OperationModel) -> int:
    return int(operation.http.get("responseCode", 200))


def argument(member: str) -> str:
    """`restApiId` is the keyword argument `rest_api_id`."""
    return str(xform_name(member))


def location(shape: Shape) -> str:
    """Where a member of an input or output travels: uri, querystring, header, or body."""
    return str(shape.serialization.get("location", "body"))


def wire_name(member: str, shape: Shape) -> str:
    return str(shape.serialization.get("name", member))


def payload_member(shape: StructureShape | None) -> str | None:
    """The one member that is the whole body, where there is one."""
    return shape.serialization.get("payload") if shape is not None else None
