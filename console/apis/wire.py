"""Amazon API Gateway's operations on what is drawn, and how their results are said.

What AWS leaves out (behaviours 124, 125): empty texts, empty maps, empty lists of media types and scopes. What it says
always: an integration's cache members, its pass-through and its time-out.
"""

import json
from typing import Any

from console.apis import services
from console.apis.models import (
    Authorizer,
    DocumentationPart,
    DocumentationVersion,
    GatewayResponse,
    Integration,
    IntegrationResponse,
    Method,
    MethodResponse,
    Model,
    RequestValidator,
    Resource,
    RestApi,
)
from console.apis.services.documentation_parts import ImportedDocumentation, said_location
from console.apis.services.documents import Imported
from console.core.paging import Page
from console.core.wire import serve

Members = dict[str, Any]


def rest_api(api: RestApi) -> Members:
    return {
        "id": api.pk,
        "name": api.name,
        "description": api.description or None,
        "createdDate": api.created_date,
        "version": api.version or None,
        "binaryMediaTypes": api.binary_media_types or None,
        "minimumCompressionSize": api.minimum_compression_size,
        "apiKeySource": api.api_key_source,
        "endpointConfiguration": _endpoint_configuration(api),
        "policy": _escaped(api.policy) or None,
        "tags": api.tags,
        "disableExecuteApiEndpoint": api.disable_execute_api_endpoint,
        "rootResourceId": api.root_resource_id,
    }


def _escaped(policy: str) -> str:
    """AWS says a policy as a text within a JSON text: Terraform's provider takes one layer off before it compares."""
    return json.dumps(policy, ensure_ascii=False)[1:-1]


def _endpoint_configuration(api: RestApi) -> Members:
    return {
        "types": api.endpoint_types,
        "ipAddressType": api.ip_address_type,
        "vpcEndpointIds": api.vpc_endpoint_ids or None,
    }


def created_rest_api(api: RestApi) -> Members:
    return {**rest_api(api), "tags": api.tags or None}


def imported_rest_api(imported: Imported) -> Members:
    return {**created_rest_api(imported.rest_api), "warnings": imported.warnings or None}


def rest_apis(page: Page[RestApi]) -> Members:
    return {"items": [rest_api(api) for api in page.items], "position": page.position}


def resource(row: Resource) -> Members:
    return {
        "id": row.pk,
        "parentId": row.parent_id,
        "pathPart": row.path_part or None,
        "path": row.path,
    }


def resource_with_methods(row: Resource) -> Members:
    methods = {each.http_method: method(each) if row.embeds_methods else {} for each in row.methods.all()}
    return {**resource(row), "resourceMethods": methods or None}


def resources(page: Page[Resource]) -> Members:
    return {"items": [resource_with_methods(row) for row in page.items], "position": page.position}


def method(row: Method) -> Members:
    responses = {response.status_code: method_response(response) for response in row.responses.all()}
    drawn = row.method_integration
    return {
        "httpMethod": row.http_method,
        "authorizationType": row.authorization_type,
        "authorizerId": row.authorizer_id or None,
        "apiKeyRequired": row.api_key_required,
        "requestValidatorId": row.request_validator_id or None,
        "operationName": row.operation_name or None,
        "requestParameters": row.request_parameters or None,
        "requestModels": row.request_models or None,
        "methodResponses": responses or None,
        "methodIntegration": integration(drawn) if drawn is not None else None,
        "authorizationScopes": row.authorization_scopes or None,
    }


def method_response(row: MethodResponse) -> Members:
    return {
        "statusCode": row.status_code,
        "responseParameters": row.response_parameters or None,
        "responseModels": row.response_models or None,
    }


def integration(row: Integration) -> Members:
    responses = {response.status_code: integration_response(response) for response in row.responses.all()}
    insecure = row.insecure_skip_verification
    connected = row.type in ("HTTP", "HTTP_PROXY") or row.connection_type != "INTERNET"
    return {
        "type": row.type,
        "httpMethod": row.http_method or None,
        "uri": row.uri or None,
        "connectionType": row.connection_type if connected else None,
        "connectionId": row.connection_id or None,
        "credentials": row.credentials or None,
        "requestParameters": row.request_parameters or None,
        "requestTemplates": row.request_templates or None,
        "passthroughBehavior": row.passthrough_behavior,
        "contentHandling": row.content_handling or None,
        "timeoutInMillis": row.timeout_in_millis,
        "responseTransferMode": row.response_transfer_mode if row.response_transfer_mode != "BUFFERED" else None,
        "cacheNamespace": row.cache_namespace,
        "cacheKeyParameters": row.cache_key_parameters,
        "integrationResponses": responses or None,
        "tlsConfig": None if insecure is None else {"insecureSkipVerification": insecure},
    }


def integration_response(row: IntegrationResponse) -> Members:
    return {
        "statusCode": row.status_code,
        "selectionPattern": row.selection_pattern or None,
        "responseParameters": row.response_parameters or None,
        "responseTemplates": row.response_templates or None,
        "contentHandling": row.content_handling or None,
    }


def model(row: Model) -> Members:
    return {
        "id": row.pk,
        "name": row.name,
        "description": row.description or None,
        "schema": row.schema or None,
        "contentType": row.content_type,
    }


def model_template(text: str) -> Members:
    return {"value": text}


def models(page: Page[Model]) -> Members:
    return {"items": [model(row) for row in page.items], "position": page.position}


def request_validator(row: RequestValidator) -> Members:
    return {
        "id": row.pk,
        "name": row.name or None,
        "validateRequestBody": row.validate_request_body,
        "validateRequestParameters": row.validate_request_parameters,
    }


def request_validators(page: Page[RequestValidator]) -> Members:
    return {"items": [request_validator(row) for row in page.items], "position": page.position}


def gateway_response(row: GatewayResponse) -> Members:
    return {
        "responseType": row.response_type,
        "statusCode": row.status_code or None,
        "responseParameters": row.response_parameters,
        "responseTemplates": row.response_templates,
        "defaultResponse": row.default_response,
    }


def gateway_responses(page: Page[GatewayResponse]) -> Members:
    return {"items": [gateway_response(row) for row in page.items]}


def authorizer(row: Authorizer) -> Members:
    return {
        "id": row.pk,
        "name": row.name,
        "type": row.type,
        "providerARNs": row.provider_arns or None,
        "authType": row.auth_type or None,
        "authorizerUri": row.authorizer_uri or None,
        "authorizerCredentials": row.authorizer_credentials or None,
        "identitySource": row.identity_source or None,
        "identityValidationExpression": row.identity_validation_expression or None,
        "authorizerResultTtlInSeconds": row.authorizer_result_ttl_in_seconds,
        "jwtConfiguration": row.jwt_configuration,
    }


def authorizers(page: Page[Authorizer]) -> Members:
    return {"items": [authorizer(row) for row in page.items], "position": page.position}


def documentation_part(row: DocumentationPart) -> Members:
    return {"id": row.pk or None, "location": said_location(row), "properties": row.properties or None}


def documentation_parts(page: Page[DocumentationPart]) -> Members:
    return {"items": [documentation_part(row) for row in page.items], "position": page.position}


def imported_documentation(imported: ImportedDocumentation) -> Members:
    return {"ids": imported.ids, "warnings": imported.warnings or None}


def documentation_version(row: DocumentationVersion) -> Members:
    return {"version": row.version, "createdDate": row.created_date, "description": row.description or None}


def documentation_versions(page: Page[DocumentationVersion]) -> Members:
    return {"items": [documentation_version(row) for row in page.items], "position": page.position}


operations = [
    serve("CreateRestApi", services.create_rest_api, created_rest_api),
    serve("GetRestApi", services.get_rest_api, rest_api),
    serve("GetRestApis", services.get_rest_apis, rest_apis),
    serve("UpdateRestApi", services.update_rest_api, rest_api),
    serve("DeleteRestApi", services.delete_rest_api),
    serve("ImportRestApi", services.import_rest_api, imported_rest_api),
    serve("PutRestApi", services.put_rest_api, imported_rest_api),
    serve("CreateResource", services.create_resource, resource),
    serve("GetResource", services.get_resource, resource_with_methods),
    serve("GetResources", services.get_resources, resources),
    serve("UpdateResource", services.update_resource, resource_with_methods),
    serve("DeleteResource", services.delete_resource),
    serve("PutMethod", services.put_method, method),
    serve("GetMethod", services.get_method, method),
    serve("UpdateMethod", services.update_method, method),
    serve("DeleteMethod", services.delete_method),
    serve("PutMethodResponse", services.put_method_response, method_response),
    serve("GetMethodResponse", services.get_method_response, method_response),
    serve("UpdateMethodResponse", services.update_method_response, method_response),
    serve("DeleteMethodResponse", services.delete_method_response),
    serve("PutIntegration", services.put_integration, integration),
    serve("GetIntegration", services.get_integration, integration),
    serve("UpdateIntegration", services.update_integration, integration),
    serve("DeleteIntegration", services.delete_integration),
    serve("PutIntegrationResponse", services.put_integration_response, integration_response),
    serve("GetIntegrationResponse", services.get_integration_response, integration_response),
    serve("UpdateIntegrationResponse", services.update_integration_response, integration_response),
    serve("DeleteIntegrationResponse", services.delete_integration_response),
    serve("CreateModel", services.create_model, model),
    serve("GetModel", services.get_model, model),
    serve("GetModelTemplate", services.get_model_template, model_template),
    serve("GetModels", services.get_models, models),
    serve("UpdateModel", services.update_model, model),
    serve("DeleteModel", services.delete_model),
    serve("CreateRequestValidator", services.create_request_validator, request_validator),
    serve("GetRequestValidator", services.get_request_validator, request_validator),
    serve("GetRequestValidators", services.get_request_validators, request_validators),
    serve("UpdateRequestValidator", services.update_request_validator, request_validator),
    serve("DeleteRequestValidator", services.delete_request_validator),
    serve("PutGatewayResponse", services.put_gateway_response, gateway_response),
    serve("GetGatewayResponse", services.get_gateway_response, gateway_response),
    serve("GetGatewayResponses", services.get_gateway_responses, gateway_responses),
    serve("UpdateGatewayResponse", services.update_gateway_response, gateway_response),
    serve("DeleteGatewayResponse", services.delete_gateway_response),
    serve("CreateAuthorizer", services.create_authorizer, authorizer),
    serve("GetAuthorizer", services.get_authorizer, authorizer),
    serve("GetAuthorizers", services.get_authorizers, authorizers),
    serve("UpdateAuthorizer", services.update_authorizer, authorizer),
    serve("DeleteAuthorizer", services.delete_authorizer),
    serve("CreateDocumentationPart", services.create_documentation_part, documentation_part),
    serve("GetDocumentationPart", services.get_documentation_part, documentation_part),
    serve("GetDocumentationParts", services.get_documentation_parts, documentation_parts),
    serve("UpdateDocumentationPart", services.update_documentation_part, documentation_part),
    serve("DeleteDocumentationPart", services.delete_documentation_part),
    serve("ImportDocumentationParts", services.import_documentation_parts, imported_documentation),
    serve("CreateDocumentationVersion", services.create_documentation_version, documentation_version),
    serve("GetDocumentationVersion", services.get_documentation_version, documentation_version),
    serve("GetDocumentationVersions", services.get_documentation_versions, documentation_versions),
    serve("UpdateDocumentationVersion", services.update_documentation_version, documentation_version),
    serve("DeleteDocumentationVersion", services.delete_documentation_version),
]
