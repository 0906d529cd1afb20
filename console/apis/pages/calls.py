"""What these pages do, as other tools would say it."""

from typing import Any

from console.apis.models import Integration, Method, Resource, RestApi
from console.core.calls import Call, Raw, hcl, label


def create_rest_api(name: str, description: str) -> Call:
    params = {"name": name, **({"description": description} if description else {})}
    terraform = hcl("aws_api_gateway_rest_api", label(name), {"name": name, "description": description})
    return Call("CreateRestApi", params, terraform)


def update_rest_api(api: RestApi) -> Call:
    attributes = {
        "name": api.name,
        "description": api.description,
        "binary_media_types": api.binary_media_types,
        "minimum_compression_size": api.minimum_compression_size,
        "disable_execute_api_endpoint": api.disable_execute_api_endpoint or None,
    }
    operations = [{"op": "replace", "path": "/description", "value": api.description}]
    return Call(
        "UpdateRestApi",
        {"restApiId": api.pk, "patchOperations": operations},
        hcl("aws_api_gateway_rest_api", label(api.name), attributes),
    )


def import_rest_api(file: str, name: str) -> Call:
    body = Raw(f'file("{file}")')
    terraform = hcl("aws_api_gateway_rest_api", label(name), {"name": name, "body": body})
    return Call("ImportRestApi", {}, terraform, blob=("body", file))


def put_rest_api(api: RestApi, mode: str, file: str) -> Call:
    attributes = {"name": api.name, "body": Raw(f'file("{file}")'), "put_rest_api_mode": mode}
    return Call(
        "PutRestApi",
        {"restApiId": api.pk, "mode": mode},
        hcl("aws_api_gateway_rest_api", label(api.name), attributes),
        blob=("body", file),
    )


def delete_rest_api(api: RestApi) -> Call:
    return Call("DeleteRestApi", {"restApiId": api.pk})


def create_resource(parent: Resource, api: RestApi, path_part: str = "pets") -> Call:
    attributes = {
        "rest_api_id": api_reference(api, "id"),
        "parent_id": resource_reference(parent, api),
        "path_part": path_part,
    }
    return Call(
        "CreateResource",
        {"restApiId": api.pk, "parentId": parent.pk, "pathPart": path_part},
        hcl("aws_api_gateway_resource", label(f"{parent.path} {path_part}"), attributes),
    )


def method(row: Method, api: RestApi) -> list[Call]:
    """The method with its integration, as they are now."""
    found = [_put_method(row, api)]
    integration = row.method_integration
    return [*found, _put_integration(row, integration, api)] if integration else found


def _put_method(row: Method, api: RestApi) -> Call:
    params: dict[str, Any] = {**address(row, api), "authorizationType": row.authorization_type}
    if row.api_key_required:
        params["apiKeyRequired"] = True
    if row.request_parameters:
        params["requestParameters"] = row.request_parameters
    attributes = {
        "rest_api_id": api_reference(api, "id"),
        "resource_id": resource_reference(row.resource, api),
        "http_method": row.http_method,
        "authorization": row.authorization_type,
        "api_key_required": row.api_key_required or None,
        "request_parameters": row.request_parameters,
    }
    return Call("PutMethod", params, hcl("aws_api_gateway_method", method_label(row), attributes))


def _put_integration(row: Method, integration: Integration, api: RestApi) -> Call:
    said = {
        "type": integration.type,
        "integrationHttpMethod": integration.http_method,
        "uri": integration.uri,
        "credentials": integration.credentials,
        "requestParameters": integration.request_parameters,
        "requestTemplates": integration.request_templates,
        "passthroughBehavior": integration.passthrough_behavior,
        "timeoutInMillis": integration.timeout_in_millis,
        "responseTransferMode": integration.response_transfer_mode if _streams(integration) else "",
    }
    attributes = {
        "rest_api_id": api_reference(api, "id"),
        "resource_id": resource_reference(row.resource, api),
        "http_method": Raw(f"aws_api_gateway_method.{method_label(row)}.http_method"),
        "type": integration.type,
        "integration_http_method": integration.http_method,
        "uri": integration.uri,
        "credentials": integration.credentials or None,
        "timeout_milliseconds": integration.timeout_in_millis,
        "response_transfer_mode": integration.response_transfer_mode if _streams(integration) else None,
        "passthrough_behavior": integration.passthrough_behavior,
        "request_parameters": integration.request_parameters,
        "request_templates": integration.request_templates,
    }
    return Call(
        "PutIntegration",
        {**address(row, api), **{name: value for name, value in said.items() if value not in ("", {})}},
        hcl("aws_api_gateway_integration", method_label(row), attributes),
    )


def create_authorizer(api: RestApi, said: dict[str, Any]) -> Call:
    """`said`: AWS's members. Terraform's provider has no JWT authorizers of REST APIs."""
    given = {name: value for name, value in said.items() if value not in ("", None, [])}
    attributes = {
        "rest_api_id": api_reference(api, "id"),
        "name": said["name"],
        "type": said["type"],
        "authorizer_uri": said.get("authorizerUri"),
        "authorizer_credentials": said.get("authorizerCredentials"),
        "provider_arns": said.get("providerARNs"),
        "identity_source": said.get("identitySource"),
        "identity_validation_expression": said.get("identityValidationExpression"),
        "authorizer_result_ttl_in_seconds": said.get("authorizerResultTtlInSeconds"),
    }
    terraform = hcl("aws_api_gateway_authorizer", label(said["name"]), attributes)
    return Call("CreateAuthorizer", {"restApiId": api.pk, **given}, terraform if said["type"] != "JWT" else "")


def _streams(integration: Integration) -> bool:
    return integration.response_transfer_mode == "STREAM"


def address(row: Method, api: RestApi) -> dict[str, str]:
    return {"restApiId": api.pk, "resourceId": row.resource_id, "httpMethod": row.http_method}


def api_reference(api: RestApi, attribute: str) -> Raw:
    return Raw(f"aws_api_gateway_rest_api.{label(api.name)}.{attribute}")


def resource_reference(resource: Resource, api: RestApi) -> Raw:
    if resource.parent_id is None:
        return api_reference(api, "root_resource_id")
    return Raw(f"aws_api_gateway_resource.{label(resource.path)}.id")


def method_label(row: Method) -> str:
    return label(f"{row.http_method} {row.resource.path}")
