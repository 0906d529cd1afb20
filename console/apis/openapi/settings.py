"""What a document says of the API as a whole: its name, its extensions, and the path that lies before all others."""

import json
import re
from typing import Any
from urllib.parse import urlsplit

from console.apis.models import API_KEY_SOURCES
from console.apis.openapi import documentation, gateway_responses, request_validators
from console.apis.openapi.source import Source
from console.apis.openapi.syntax import Pointer

BINARY = "x-amazon-apigateway-binary-media-types"
KEY_SOURCE = "x-amazon-apigateway-api-key-source"
COMPRESSION = "x-amazon-apigateway-minimum-compression-size"
TAG_VALUE = "x-amazon-apigateway-tag-value"
POLICY = "x-amazon-apigateway-policy"
ENDPOINT = "x-amazon-apigateway-endpoint-configuration"
_ELSEWHERE = (
    documentation.EXTENSION,
    gateway_responses.EXTENSION,
    request_validators.EXTENSION,
    request_validators.NAMED,
)
_TAKEN = (BINARY, KEY_SOURCE, COMPRESSION, POLICY, ENDPOINT)
# Known to AWS, not kept by this version; those that change what callers get are warned of.
_NOT_KEPT = {
    "x-amazon-apigateway-security-policy": "A security policy is",
    "x-amazon-apigateway-endpoint-access-mode": "An endpoint access mode is",
}
_UNUSED = {
    "x-amazon-apigateway-importexport-version": "It is of HTTP APIs only",
    "x-amazon-apigateway-cors": "It is of HTTP APIs only: a REST API answers OPTIONS by methods of its own",
    "security": "API Gateway uses only the security that an operation names itself",
    "webhooks": "Webhooks are nothing that API Gateway serves",
    "host": "The host is the gateway's",
    "schemes": "The gateway decides on the schemes",
}


def read_settings(source: Source) -> dict[str, Any]:
    """Fields of RestApi that the document names."""
    info = source.member(source.root, "info", dict, {}, ())
    title = source.member(info, "title", str, "", ("info",)).strip()
    if not title:
        source.report.error(("info",), "'info.title' is missing: it is the API's name")
    found: dict[str, Any] = {
        "name": title[:1024],
        "description": source.member(info, "description", str, "", ("info",)),
        "version": source.member(info, "version", str, "", ("info",))[:255],
    }
    for name in source.root:
        _read_one(source, name, found)
    _read_policy(source, found)
    _read_endpoint(source, found)
    return found


def _read_one(source: Source, name: str, found: dict[str, Any]) -> None:
    root, report = source.root, source.report
    if name == BINARY:
        types = source.member(root, name, list, [], ())
        found["binary_media_types"] = list(dict.fromkeys(str(each) for each in types))
    elif name == COMPRESSION:
        found["minimum_compression_size"] = source.member(root, name, int, 0, ())
    elif name == KEY_SOURCE:
        value = source.member(root, name, str, "HEADER", ()).upper()
        if value in API_KEY_SOURCES:
            found["api_key_source"] = value
        else:
            report.error((name,), f"'{name}' must be HEADER or AUTHORIZER")
    elif name in _NOT_KEPT:
        report.ignored((name,), f"{_NOT_KEPT[name]} not kept by this version", warn=True)
    elif name in _UNUSED:
        report.ignored((name,), _UNUSED[name])
    elif name == "tags":
        _say_tags(source)
    elif name.startswith("x-amazon-apigateway-") and name not in (*_TAKEN, *_ELSEWHERE):
        report.ignored((name,), f"'{name}' is not known at the top of a document", warn=True)
    if name in _TAKEN:
        report.taken((name,), "Taken as a setting of the API")


def _say_tags(source: Source) -> None:
    for index, tag in enumerate(source.member(source.root, "tags", list, [], ())):
        if isinstance(tag, dict) and TAG_VALUE in tag:
            source.report.ignored(
                ("tags", str(index), TAG_VALUE), "It is of HTTP APIs only: tag a REST API by TagResource"
            )


def _read_policy(source: Source, found: dict[str, Any]) -> None:
    policy = source.root.get(POLICY)
    if isinstance(policy, dict):
        found["policy"] = json.dumps(policy)
    elif policy is not None:
        source.report.error((POLICY,), f"'{POLICY}' must be an object")


def _read_endpoint(source: Source, found: dict[str, Any]) -> None:
    """At the top in Swagger 2, inside a server in OpenAPI 3."""
    places: list[tuple[Any, Pointer]] = [(source.root, ())]
    places += [(server, ("servers", str(index))) for index, server in enumerate(_servers(source))]
    for holder, pointer in places:
        given = source.member(holder, ENDPOINT, dict, {}, pointer) if isinstance(holder, dict) else {}
        here = (*pointer, ENDPOINT)
        if "disableExecuteApiEndpoint" in given:
            disabled = source.member(given, "disableExecuteApiEndpoint", bool, False, here)
            found["disable_execute_api_endpoint"] = disabled
        if "vpcEndpointIds" in given:
            found["vpc_endpoint_ids"] = [str(i) for i in source.member(given, "vpcEndpointIds", list, [], here)]
        if given and pointer:
            source.report.taken(here, "Taken as a setting of the API")


def _servers(source: Source) -> list[Any]:
    return [] if source.is_swagger else source.member(source.root, "servers", list, [], ())


def base_path(source: Source) -> str:
    """`/a/b`, or empty. Source: developer guide, "Set the OpenAPI basePath property"."""
    if source.is_swagger:
        return _clean(source.member(source.root, "basePath", str, "", ()))
    servers = [server for server in _servers(source) if isinstance(server, dict)]
    for server in servers:
        variables = server.get("variables")
        variable = variables.get("basePath") if isinstance(variables, dict) else None
        if isinstance(variable, dict):
            return _clean(str(variable.get("default") or ""))
    return _clean(_path_of(str(servers[0].get("url") or ""))) if servers else ""


def _path_of(url: str) -> str:
    try:
        return urlsplit(re.sub(r"\{[^{}/]*\}", "x", url) if "//" in url else url).path
    except ValueError:
        return ""


def _clean(path: str) -> str:
    parts = [part for part in path.split("/") if part]
    return f"/{'/'.join(parts)}" if parts else ""
