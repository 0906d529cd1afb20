"""What is deployed for a measurement: documents and stage entries as the console would freeze them."""

from collections.abc import Sequence

from dataplane.snapshot import (
    SCHEMA_VERSION,
    ApiDocument,
    Integration,
    IntegrationResponse,
    Method,
    Resource,
    StageEntry,
    digest,
    encode,
)

API = "bench12345"
STAGE = "prod"
HOST = f"{API}.execute-api.localhost"
ANSWER = '{"message":"hello"}'

# A page that a template writes: enough work per request that a load generator leaves room on its core.
RENDERED = """#set($names = ["a", "b", "c", "d", "e", "f", "g", "h"])
{"id": "$context.requestId", "path": "$util.escapeJavaScript($context.path)", "items": [
#foreach($round in [1..4])#foreach($name in $names){"name": "$name", "at": $foreach.index}#if($foreach.hasNext),#end
#end#if($foreach.hasNext),#end#end]}"""


def proxy(backend: int) -> Resource:
    """`/{proxy+}` to the backend on that port."""
    integration = Integration(
        type="HTTP_PROXY",
        http_method="ANY",
        uri=f"http://127.0.0.1:{backend}/{{proxy}}",
        request_parameters={"integration.request.path.proxy": "method.request.path.proxy"},
    )
    return _resource("/{proxy+}", "ANY", integration)


def mock(path: str, template: str) -> Resource:
    integration = Integration(
        type="MOCK",
        request_templates={"application/json": '{"statusCode": 200}'},
        responses=(IntegrationResponse(status_code="200", response_templates={"application/json": template}),),
    )
    return _resource(path, "GET", integration)


def _resource(path: str, http_method: str, integration: Integration) -> Resource:
    method = Method(http_method=http_method, integration=integration)
    return Resource(id=f"r{abs(hash(path)) % 10**9:09}", path=path, methods=(method,))


def document(api_id: str, resources: Sequence[Resource], name: str = "benchmark") -> bytes:
    return encode(ApiDocument(schema_version=SCHEMA_VERSION, api_id=api_id, name=name, resources=tuple(resources)))


def entry(body: bytes, generation: int, api_id: str = API) -> StageEntry:
    return StageEntry(
        api_id=api_id,
        stage_name=STAGE,
        generation=generation,
        deployment_id=f"d{generation:06}",
        digest=digest(body),
    )


def standard(backend: int) -> list[Resource]:
    return [mock("/mock", ANSWER), mock("/rendered", RENDERED), proxy(backend)]
