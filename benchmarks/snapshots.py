"""What is deployed for a measurement: documents and stage entries as the console would freeze them."""

from collections.abc import Sequence

from msgspec.structs import replace

from dataplane.snapshot import (
    SCHEMA_VERSION,
    Access,
    ApiDocument,
    ApiKey,
    Integration,
    IntegrationResponse,
    KeyPlan,
    Method,
    PlanStage,
    Resource,
    StageEntry,
    Throttle,
    UsagePlan,
    digest,
    encode,
)

API = "bench12345"
STAGE = "prod"
GUARDED_STAGE = "guarded"
HOST = f"{API}.execute-api.localhost"
ANSWER = '{"message":"hello"}'
API_KEY = "kX3yQ9wZ5rT1uV7bN2mL8pD4"
# So many requests a second that nobody is refused; that it is looked after is what costs.
UNREACHED = Throttle(rate_limit=1_000_000, burst_limit=1_000_000)
# The developer guide's Common Log Format.
COMMON_LOG_FORMAT = (
    "$context.identity.sourceIp $context.identity.caller $context.identity.user [$context.requestTime] "
    '"$context.httpMethod $context.resourcePath $context.protocol" '
    "$context.status $context.responseLength $context.requestId"
)

# A page that a template writes: enough work per request that a load generator leaves room on its core.
RENDERED = """#set($names = ["a", "b", "c", "d", "e", "f", "g", "h"])
{"id": "$context.requestId", "path": "$util.escapeJavaScript($context.path)", "items": [
#foreach($round in [1..16])#foreach($name in $names){"name": "$name", "at": $foreach.index}#if($foreach.hasNext),#end
#end#if($foreach.hasNext),#end#end]}"""


def proxy(backend: int, *, api_key_required: bool = False) -> Resource:
    """`/{proxy+}` to the backend on that port."""
    integration = Integration(
        type="HTTP_PROXY",
        http_method="ANY",
        uri=f"http://127.0.0.1:{backend}/{{proxy}}",
        request_parameters={"integration.request.path.proxy": "method.request.path.proxy"},
    )
    return _resource("/{proxy+}", "ANY", integration, api_key_required=api_key_required)


def mock(path: str, template: str) -> Resource:
    integration = Integration(
        type="MOCK",
        request_templates={"application/json": '{"statusCode": 200}'},
        responses=(IntegrationResponse(status_code="200", response_templates={"application/json": template}),),
    )
    return _resource(path, "GET", integration)


def things(base: str, count: int) -> list[Resource]:
    """`/things0/{id}` and so on, of two methods each that map their id to `base`."""
    return [
        Resource(
            id=f"r{number}",
            path=f"/things{number}/{{id}}",
            methods=tuple(_mapped(verb, f"{base}/{number}/{{id}}") for verb in ("GET", "PUT")),
        )
        for number in range(count)
    ]


def _mapped(http_method: str, uri: str) -> Method:
    mapping = {"integration.request.path.id": "method.request.path.id"}
    integration = Integration(type="HTTP_PROXY", http_method=http_method, uri=uri, request_parameters=mapping)
    return Method(http_method=http_method, integration=integration)


def _resource(path: str, http_method: str, integration: Integration, *, api_key_required: bool = False) -> Resource:
    method = Method(http_method=http_method, integration=integration, api_key_required=api_key_required)
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


def guarded_entry(body: bytes, generation: int) -> StageEntry:
    """The stage with access logs whose plan is in `access`."""
    return replace(
        entry(body, generation),
        stage_name=GUARDED_STAGE,
        access_log_format=COMMON_LOG_FORMAT,
        access_log_destination=f"arn:aws:logs:us-east-1:000000000000:log-group:{GUARDED_STAGE}",
    )


def access() -> Access:
    """One key, in a plan of the guarded stage that throttles it, and the account's throttle."""
    plan = UsagePlan(id="plan01", throttle=UNREACHED, stages=(PlanStage(api_id=API, stage_name=GUARDED_STAGE),))
    key = ApiKey(id="key0000001", digest=digest(API_KEY.encode()), plans=(KeyPlan(plan_id=plan.id),))
    return Access(key_count=1, plan_count=1, keys=(key,), plans=(plan,), account=UNREACHED)


def standard(backend: int) -> list[Resource]:
    return [mock("/mock", ANSWER), mock("/rendered", RENDERED), proxy(backend)]
