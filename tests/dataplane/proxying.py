"""A stage that passes everything on to the house's backend."""

from dataplane.snapshot import Integration, Resource
from tests.dataplane.execution import resource


def proxying(**integration: object) -> Resource:
    return resource(
        "/{proxy+}",
        "ANY",
        Integration(
            type="HTTP_PROXY",
            uri="http://${stageVariables.backend}/{proxy}",
            http_method="ANY",
            request_parameters={"integration.request.path.proxy": "method.request.path.proxy"},
            **integration,  # type: ignore[arg-type]
        ),
    )
