"""The whole document, top to bottom."""

import json
from urllib.parse import urlsplit

from console.apis.openapi.export import names
from console.apis.openapi.export.documentation import Documentation, merged
from console.apis.openapi.export.exported import Exported, Form, Given, Members
from console.apis.openapi.export.operations import Operations, validator_name
from console.apis.openapi.export.schemas import schemas
from console.apis.openapi.export.security import schemes


def write(exported: Exported, form: Form) -> Members:
    documentation = Documentation(exported.documentation)
    whole = merged(_head(exported, form), documentation.at("API"))
    whole["paths"] = _paths(exported, form, documentation)
    parts = {"schemas": schemas(exported.document, form, documentation), "securitySchemes": schemes(exported, form)}
    if form.swagger:
        whole |= {name: part for name, part in _swagger_names(parts).items() if part}
    elif any(parts.values()):
        whole["components"] = {name: part for name, part in parts.items() if part}
    return whole | (_extensions(exported, form) if form.apigateway else {})


def _swagger_names(parts: Members) -> Members:
    return {"securityDefinitions": parts["securitySchemes"], "definitions": parts["schemas"]}


def _head(exported: Exported, form: Form) -> Members:
    said = {"title": exported.document["name"], "description": exported.description, "version": exported.version}
    info = {name: value for name, value in said.items() if value}
    if form.swagger:
        parts = urlsplit(exported.host)
        return {
            "swagger": "2.0",
            "info": info,
            "host": parts.netloc,
            "basePath": exported.base_path,
            "schemes": [parts.scheme],
        }
    server: Members = {"url": exported.host}
    if exported.base_path:
        server = {
            "url": f"{exported.host}/{{basePath}}",
            "variables": {"basePath": {"default": exported.base_path}},
        }
    if form.apigateway and (endpoint := _endpoint(exported)):
        server[names.ENDPOINT_CONFIGURATION] = endpoint
    return {"openapi": "3.0.1", "info": info, "servers": [server]}


def _endpoint(exported: Exported) -> Members:
    endpoint: Members = {}
    if exported.disable_execute_api_endpoint:
        endpoint["disableExecuteApiEndpoint"] = True
    if exported.vpc_endpoint_ids:
        endpoint["vpcEndpointIds"] = list(exported.vpc_endpoint_ids)
    return endpoint


def _paths(exported: Exported, form: Form, documentation: Documentation) -> Members:
    """A resource without methods is said where no path below it says it."""
    operations = Operations(exported, form, documentation)
    resources = exported.document.get("resources", ())
    paths = [resource["path"] for resource in resources]
    return {
        resource["path"]: operations.item(resource)
        for resource in resources
        if resource.get("methods") or (resource["path"] != "/" and not _has_below(resource["path"], paths))
    }


def _has_below(path: str, paths: list[str]) -> bool:
    return any(other.startswith(f"{path}/") for other in paths)


def _extensions(exported: Exported, form: Form) -> Members:
    document = exported.document
    validators, responses = document.get("requestValidators", ()), document.get("gatewayResponses", ())
    found: Members = {}
    if form.swagger and (endpoint := _endpoint(exported)):
        found[names.ENDPOINT_CONFIGURATION] = endpoint
    if validators:
        found[names.REQUEST_VALIDATORS] = {validator_name(row): _validator(row) for row in validators}
    if responses:
        found[names.GATEWAY_RESPONSES] = {row["responseType"]: _gateway_response(row) for row in responses}
    if document.get("apiKeySource", "HEADER") != "HEADER":
        found[names.API_KEY_SOURCE] = document["apiKeySource"]
    if document.get("binaryMediaTypes"):
        found[names.BINARY_MEDIA_TYPES] = list(document["binaryMediaTypes"])
    if document.get("minimumCompressionSize") is not None:
        found[names.MINIMUM_COMPRESSION_SIZE] = document["minimumCompressionSize"]
    if document.get("policy"):
        found[names.POLICY] = json.loads(document["policy"])
    if exported.documentation:
        found[names.DOCUMENTATION] = dict(exported.documentation)
    return found


def _validator(row: Given) -> Members:
    return {name: bool(row.get(name)) for name in ("validateRequestBody", "validateRequestParameters")}


def _gateway_response(row: Given) -> Members:
    said: Members = {}
    if row.get("statusCode"):
        said["statusCode"] = int(row["statusCode"])
    for name in ("responseParameters", "responseTemplates"):
        if row.get(name):
            said[name] = dict(row[name])
    return said
