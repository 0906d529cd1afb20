"""Ask one authorizer as it is drawn, beside what is served: whom it takes a caller for, and what its log says.

What it answered is not kept. Source: developer guide, "Configure a Lambda authorizer using the API Gateway console";
botocore, TestInvokeAuthorizer.
"""

import asyncio
from time import monotonic, time
from typing import Any

from msgspec.structs import replace

from dataplane import trace
from dataplane.authorizers.compile import Authorizers, check_policy
from dataplane.authorizers.grant import Ask, Grant
from dataplane.authorizers.resource import decide, request_arn
from dataplane.compiler import CompileError, compile_stage
from dataplane.draft import Way, exchange_of
from dataplane.exchange import Exchange
from dataplane.execution_log import ExecutionLog
from dataplane.faults import GatewayFault
from dataplane.plan import Stage
from dataplane.snapshot import AuthorizerDraft, AuthorizerDraftResult, StageEntry
from dataplane.steps.scope import context_of

STAGE_NAME = "ESTestInvoke-stage"  # as AWS's log calls it


async def run(request: AuthorizerDraft) -> AuthorizerDraftResult:
    """Raises CompileError."""
    stage, ask, prefix = await asyncio.to_thread(_compiled, request)
    exchange = _exchange(request, stage)
    try:
        found = ask(exchange)
        grant = found if isinstance(found, Grant) else await found
    except GatewayFault as fault:
        return _result(exchange, fault.status, fault)
    try:
        if grant.policy is not None:
            check_policy(decide(grant.policy, exchange, request_arn(exchange, prefix)))
    except GatewayFault as fault:
        return _result(exchange, fault.status, fault, grant)
    return _result(exchange, 0, None, grant)


def _compiled(request: AuthorizerDraft) -> tuple[Stage, Ask, str]:
    document = replace(request.document, resources=(), policy="")
    entry = StageEntry(
        api_id=document.api_id,
        stage_name=STAGE_NAME,
        generation=0,
        deployment_id="",
        digest="",
        account_id=request.account_id,
        region=request.region,
        variables=request.stage_variables,
    )
    for authorizer in document.authorizers:
        if authorizer.id == request.authorizer_id:
            authorizers = Authorizers(document, entry, request.stage_variables)
            ask = authorizers.ask(replace(authorizer, authorizer_result_ttl_in_seconds=0), frozenset())
            return compile_stage(entry, document, None), ask, authorizers.prefix
    raise CompileError(f"there is no authorizer {request.authorizer_id}")


def _exchange(request: AuthorizerDraft, stage: Stage) -> Exchange:
    exchange = exchange_of("GET", request, Way())
    exchange.request_id, exchange.request_time, exchange.stage = trace.request_id(), time(), stage
    exchange.trace = ExecutionLog(exchange.request_id)
    context = context_of(exchange)
    for path, value in request.additional_context.items():
        _put(context, path.split("."), value)
    return exchange


def _put(context: dict[str, Any], names: list[str], value: str) -> None:
    """`identity.sourceIp`"""
    *rooms, last = names
    for name in rooms:
        inner = context.get(name)
        context[name] = context = inner if isinstance(inner, dict) else {}
    context[last] = value


def _result(
    exchange: Exchange, status: int, fault: GatewayFault | None, grant: Grant | None = None
) -> AuthorizerDraftResult:
    assert exchange.trace is not None
    exchange.trace.line((fault.message or fault.error_type) if fault else "Successfully completed authorizer execution")
    context = dict(grant.context) if grant else {}
    claims = context.pop("claims", {})
    context.pop("principalId", None)
    return AuthorizerDraftResult(
        client_status=status,
        log=exchange.trace.text(),
        latency=round((monotonic() - exchange.started) * 1000),
        principal_id=grant.principal_id if grant else "",
        policy=grant.policy_text if grant else "",
        authorization={name: [value] for name, value in context.items()},
        claims=claims,
        usage_identifier_key=grant.usage_identifier_key if grant else "",
    )
