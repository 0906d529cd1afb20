"""What an answer has that its shape does not allow, and what it lacks. Stricter than botocore, which lets all pass."""

from collections.abc import Iterator, Mapping
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StructureShape

from console.core.wire import model

# What AWS says of a thing however it was made; the model itself requires next to nothing of an answer.
# Sources: API reference, the examples of each operation; developer guide; answers as AWS's users quote them.
ALWAYS: Mapping[str, set[str]] = {
    "Account": {"throttleSettings", "apiKeyVersion"},
    "ApiKey": {"id", "name", "enabled", "createdDate", "lastUpdatedDate", "stageKeys"},
    "ApiKeyIds": {"ids"},
    "Authorizer": {"id", "name", "type"},
    "BasePathMapping": {"basePath", "restApiId"},
    "ClientCertificate": {"clientCertificateId", "pemEncodedCertificate", "createdDate", "expirationDate"},
    "Deployment": {"id", "createdDate"},
    "DocumentationPart": {"id", "location", "properties"},
    "DocumentationPartIds": {"ids"},
    "DocumentationVersion": {"version", "createdDate"},
    "DomainName": {"domainName", "domainNameArn", "domainNameStatus", "endpointConfiguration", "securityPolicy"},
    "DomainNameAccessAssociation": {
        *("domainNameAccessAssociationArn", "domainNameArn"),
        *("accessAssociationSourceType", "accessAssociationSource"),
    },
    "ExportResponse": {"contentType", "contentDisposition", "body"},
    "GatewayResponse": {"responseType", "responseParameters", "responseTemplates", "defaultResponse"},
    "Integration": {"type", "passthroughBehavior", "timeoutInMillis", "cacheNamespace", "cacheKeyParameters"},
    "IntegrationResponse": {"statusCode"},
    "Method": {"httpMethod", "authorizationType", "apiKeyRequired"},
    "MethodResponse": {"statusCode"},
    "Model": {"id", "name", "contentType"},
    "RequestValidator": {"id", "name", "validateRequestBody", "validateRequestParameters"},
    "Resource": {"id", "path"},
    "RestApi": {
        *("id", "name", "createdDate", "apiKeySource", "endpointConfiguration"),
        *("disableExecuteApiEndpoint", "rootResourceId"),
    },
    "SdkResponse": {"contentType", "contentDisposition", "body"},
    "SdkType": {"id", "friendlyName"},
    "Stage": {
        *("stageName", "deploymentId", "cacheClusterEnabled", "cacheClusterStatus", "methodSettings"),
        *("tracingEnabled", "createdDate", "lastUpdatedDate"),
    },
    "Tags": {"tags"},
    "Template": {"value"},
    "TestInvokeAuthorizerResponse": {"clientStatus", "log", "latency"},
    "TestInvokeMethodResponse": {"status", "body", "headers", "multiValueHeaders", "log", "latency"},
    "Usage": {"usagePlanId", "startDate", "endDate", "items"},
    "UsagePlan": {"id", "name", "apiStages"},
    "UsagePlanKey": {"id", "type", "name"},
    "VpcLink": {"id", "name", "targetArns", "status"},
}
_KINDS: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "long": (int,),
    "double": (int, float),
    "boolean": (bool,),
    "timestamp": (int, float),
    "blob": (str,),
}


def things(shape: StructureShape) -> tuple[str, Shape] | None:
    """The member that holds a page's things and what each of them is, where this is a page."""
    for name in ("items", "item"):
        if isinstance(shape.members.get(name), ListShape):
            return name, shape.members[name].member
    return None


def lacking(shape: StructureShape, parsed: Mapping[str, Any]) -> Iterator[str]:
    """What botocore's parsed answer must have."""
    paged = things(shape)
    if paged is None:
        missing = ALWAYS[shape.name] - set(parsed)
    else:
        name, thing = paged
        missing = {name} - set(parsed)
        missing |= {member for one in parsed.get(name, []) for member in ALWAYS[thing.name] - set(one)}
    yield from (f"{shape.name} lacks {name}" for name in sorted(missing))


def strange(shape: Shape, value: Any, where: str) -> Iterator[str]:
    """What an answer's JSON says that its shape does not know, or in another kind than it should."""
    if isinstance(shape, StructureShape):
        yield from _strange_members(shape, value, where)
    elif isinstance(shape, ListShape):
        if not isinstance(value, list):
            yield f"{where} is {value!r}, not a list"
            return
        for number, one in enumerate(value):
            yield from strange(shape.member, one, f"{where}[{number}]")
    elif isinstance(shape, MapShape):
        if not isinstance(value, dict):
            yield f"{where} is {value!r}, not a map"
            return
        for key, one in value.items():
            yield from strange(shape.value, one, f"{where}.{key}")
    elif not _fits(shape, value):
        yield f"{where} is {value!r}, no {shape.type_name} of {shape.name}"


def _strange_members(shape: StructureShape, value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where} is {value!r}, not a structure"
        return
    known = {model.wire_name(name, member): member for name, member in shape.members.items()}
    required = {model.wire_name(name, shape.members[name]) for name in shape.required_members}
    yield from (f"{where} lacks {name}" for name in sorted(required - set(value)))
    for key, one in value.items():
        if key in known:
            yield from strange(known[key], one, f"{where}.{key}")
        else:
            yield f"{where}.{key} is not of {shape.name}"


def _fits(shape: Shape, value: Any) -> bool:
    if isinstance(value, bool) != (shape.type_name == "boolean"):
        return False
    return isinstance(value, _KINDS[shape.type_name]) and value in (shape.metadata.get("enum") or [value])
