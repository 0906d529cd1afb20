"""CreateDeployment, TestInvokeMethod and TestInvokeAuthorizer on the wire; the other operations on deployments are said
by the room of stages, and those on methods and authorizers by that of APIs."""

from typing import Any

from console.core.wire import serve
from console.publishing import services
from console.stages.wire import deployment
from dataplane.snapshot import AuthorizerDraftResult, DraftResult


def test_result(result: DraftResult) -> dict[str, Any]:
    return {
        "status": result.status,
        "body": result.body,
        "headers": result.headers,
        "multiValueHeaders": result.multi_value_headers,
        "log": result.log,
        "latency": result.latency,
    }


def authorizer_result(result: AuthorizerDraftResult) -> dict[str, Any]:
    return {
        "clientStatus": result.client_status,
        "log": result.log,
        "latency": result.latency,
        "principalId": result.principal_id or None,
        "policy": result.policy or None,
        "authorization": result.authorization or None,
        "claims": result.claims or None,
    }


operations = [
    serve("CreateDeployment", services.create_deployment, deployment),
    serve("TestInvokeAuthorizer", services.test_invoke_authorizer, authorizer_result),
    serve("TestInvokeMethod", services.test_invoke_method, test_result),
]
