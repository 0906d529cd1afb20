"""APIs, resources, methods, what they lead to and what guards them."""

import json

from tests.parity.stories.drawn import draw, patch
from tests.parity.walk import Call, Story


def an_api_is_kept(call: Call) -> None:
    created = call(
        "CreateRestApi",
        name="pets",
        description="of a shop",
        version="1",
        binaryMediaTypes=["image/png"],
        minimumCompressionSize=1024,
        apiKeySource="HEADER",
        endpointConfiguration={"types": ["REGIONAL"]},
        tags={"team": "pets"},
    )
    api = created["id"]
    call("CreateRestApi", name="twin", cloneFrom=api)
    call("GetRestApi", restApiId=api)
    call("GetRestApis", limit=1)
    call("UpdateRestApi", restApiId=api, patchOperations=patch(("add", "/binaryMediaTypes/image~1webp")))
    resource = call("CreateResource", restApiId=api, parentId=created["rootResourceId"], pathPart="{proxy+}")["id"]
    call("GetResource", restApiId=api, resourceId=resource, embed=["methods"])
    call("GetResources", restApiId=api, limit=499)
    call("UpdateResource", restApiId=api, resourceId=resource, patchOperations=patch(("replace", "/pathPart", "{pet}")))
    call("DeleteResource", restApiId=api, resourceId=resource)
    call("DeleteRestApi", restApiId=api)


def a_method_is_drawn(call: Call) -> None:
    at = draw(call).method
    ok = {**at, "statusCode": "200"}
    call("GetMethod", **at)
    call("UpdateMethod", **at, patchOperations=patch(("replace", "/apiKeyRequired", "true")))
    call("GetMethodResponse", **ok)
    added = patch(("add", "/responseParameters/method.response.header.x-pet", "false"))
    call("UpdateMethodResponse", **ok, patchOperations=added)
    call("GetIntegration", **at)
    call("UpdateIntegration", **at, patchOperations=patch(("replace", "/timeoutInMillis", "5000")))
    call("GetIntegrationResponse", **ok)
    mapped = patch(("add", "/responseParameters/method.response.header.x-pet", "'cat'"))
    call("UpdateIntegrationResponse", **ok, patchOperations=mapped)
    call("GetResources", restApiId=at["restApiId"], embed=["methods"])
    call("DeleteIntegrationResponse", **ok)
    call("DeleteIntegration", **at)
    call("DeleteMethodResponse", **ok)
    call("DeleteMethod", **at)


def a_draft_is_tried(call: Call) -> None:
    drawn = draw(call)
    call("TestInvokeMethod", **drawn.method, pathWithQueryString="/pets?kind=cat", headers={"x-a": "1"})


def a_model_is_kept(call: Call) -> None:
    api = {"restApiId": draw(call).api}
    schema = json.dumps({"type": "object", "properties": {"name": {"type": "string"}}})
    call("CreateModel", **api, name="Pet", contentType="application/json", schema=schema)
    call("GetModel", **api, modelName="Pet", flatten=True)
    call("GetModels", **api)
    call("GetModelTemplate", **api, modelName="Pet")
    call("UpdateModel", **api, modelName="Pet", patchOperations=patch(("replace", "/description", "a pet")))
    call("DeleteModel", **api, modelName="Pet")


def requests_are_validated(call: Call) -> None:
    api = {"restApiId": draw(call).api}
    created = call("CreateRequestValidator", **api, name="all", validateRequestBody=True)
    at = {**api, "requestValidatorId": created["id"]}
    call("GetRequestValidator", **at)
    call("GetRequestValidators", **api)
    changed = patch(("replace", "/validateRequestParameters", "true"))
    call("UpdateRequestValidator", **at, patchOperations=changed)
    call("DeleteRequestValidator", **at)


def refusals_are_worded(call: Call) -> None:
    api = {"restApiId": draw(call).api}
    at = {**api, "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    headers = {"gatewayresponse.header.x-request-id": "context.requestId"}
    call("PutGatewayResponse", **at, statusCode="404", responseParameters=headers)
    call("GetGatewayResponse", **at)
    call("GetGatewayResponses", **api)
    call("UpdateGatewayResponse", **at, patchOperations=patch(("replace", "/statusCode", "403")))
    call("DeleteGatewayResponse", **at)


def callers_are_authorized(call: Call) -> None:
    api = {"restApiId": draw(call).api}
    function = "arn:aws:lambda:us-east-1:000000000000:function:guard"
    created = call(
        "CreateAuthorizer",
        **api,
        name="guard",
        type="TOKEN",
        authorizerUri=f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{function}/invocations",
        identitySource="method.request.header.Authorization",
    )
    at = {**api, "authorizerId": created["id"]}
    call("GetAuthorizer", **at)
    call("GetAuthorizers", **api)
    call("UpdateAuthorizer", **at, patchOperations=patch(("replace", "/authorizerResultTtlInSeconds", "60")))
    call("TestInvokeAuthorizer", **at, headers={"Authorization": "allow"})
    call("DeleteAuthorizer", **at)


STORIES: list[Story] = [
    an_api_is_kept,
    a_method_is_drawn,
    a_draft_is_tried,
    a_model_is_kept,
    requests_are_validated,
    refusals_are_worded,
    callers_are_authorized,
]
