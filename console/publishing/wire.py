"""CreateDeployment and TestInvokeMethod on the wire; the other operations on deployments are said by the room of
stages, and those on methods by that of APIs."""

from typing import Any

from console.core.wire import serve
from console.publishing import services
from console.stages.wire import deployment
from dataplane.snapshot import DraftResult


def test_result(result: DraftResult) -> dict[str, Any]:
    return {
        "status": result.status,
        "body": result.body,
        "headers": result.headers,
        "multiValueHeaders": result.multi_value_headers,
        "log": result.log,
        "latency": result.latency,
    }


operations = [
    serve("CreateDeployment", services.create_deployment, deployment),
    serve("TestInvokeMethod", services.test_invoke_method, test_result),
]
