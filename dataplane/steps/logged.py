"""A plan whose steps tell the exchange's log what they were given and what they made of it.

The plan of a request that nobody looks at has none of this.
"""

import time
from dataclasses import dataclass, replace
from typing import Any

from dataplane.aws.functions import function_error
from dataplane.exchange import Body, Exchange, Headers
from dataplane.execution_log import (
    ExecutionLog,
    body_text,
    body_value,
    headers_text,
    headers_value,
    pairs_text,
)
from dataplane.faults import GatewayFault, UpstreamFault
from dataplane.http1.body import Whole
from dataplane.http1.fields import AnswerHead
from dataplane.plan import Answer, Integrate, IntegrationRequest, Plan, Reply, TransformRequest, TransformResponse
from dataplane.steps.function_response import FunctionResponse
from dataplane.steps.lambda_reply import FUNCTION_FAILED, failure
from dataplane.steps.scope import first_header, request_params
from dataplane.steps.templates import media_type
from dataplane.steps.transform_request import host_header


def logged(plan: Plan) -> Plan:
    """Reads bodies whole, to show them."""
    return replace(
        plan,
        reads_body=True,
        validate=_MethodRequest(plan),
        transform_request=_IntegrationRequest(plan.transform_request),
        integrate=_integration(plan.integrate),
        transform_response=_IntegrationResponse(plan.transform_response),
        prepared=None,
    )


def tell_fault(log: ExecutionLog, fault: GatewayFault, status: int, headers: Headers, body: bytes) -> None:
    log.failed = True
    log.line(_words(fault))
    log.line(f"Gateway response type: {fault.type.name} with status code: {status}")
    log.line(f"Gateway response body: {body_text(body)}")
    log.line(f"Gateway response headers: {headers_text(headers)}")
    shown = {"status": status, "headers": headers_value(headers), "body": body_value(body)}
    log.step("Gateway response", {"responseType": fault.type.name, "message": fault.message}, shown, time.monotonic())


def _words(fault: GatewayFault) -> str:
    match fault.type.name:
        case "API_CONFIGURATION_ERROR" if fault.detail.startswith(FUNCTION_FAILED):
            return fault.detail
        case "API_CONFIGURATION_ERROR":
            return f"Execution failed due to configuration error: {fault.detail or fault.message}"
        case "INTEGRATION_TIMEOUT":
            return "Execution failed due to a timeout error"
        case "INTEGRATION_FAILURE":
            return f"Execution failed due to a network error communicating with endpoint: {fault.detail}"
        case "UNSUPPORTED_MEDIA_TYPE":
            return f"Unsupported Media Type: {fault.detail}" if fault.detail else "Unsupported Media Type"
        case _:
            return fault.detail or fault.message or fault.type.name


def _log(exchange: Exchange) -> ExecutionLog:
    assert exchange.trace is not None
    return exchange.trace


def _error(fault: Exception) -> dict[str, str]:
    return {"error": _words(fault) if isinstance(fault, GatewayFault) else str(fault)}


@dataclass(frozen=True, slots=True)
class _MethodRequest:
    plan: Plan

    def __call__(self, exchange: Exchange) -> None:
        log, plan, began = _log(exchange), self.plan, time.monotonic()
        shown = _tell_request(log, exchange, plan)
        try:
            if plan.validate is not None:
                plan.validate(exchange)
                kind = media_type(first_header(exchange.headers, b"content-type"))
                log.line(f"Request validation succeeded for content type {kind}")
        except GatewayFault as fault:
            log.step("Method request", shown, _error(fault), began)
            raise
        log.step("Method request", shown, {"validated": plan.validate is not None}, began)


def _tell_request(log: ExecutionLog, exchange: Exchange, plan: Plan) -> dict[str, Any]:
    params = request_params(exchange)
    headers = [(name, value) for name, values in params.header.items() for value in values]
    query = [(name, value) for name, values in params.querystring.items() for value in values]
    log.line(f"Starting execution for request: {exchange.request_id}")
    log.line(f"HTTP Method: {exchange.http_method}, Resource Path: {plan.resource_path}")
    log.line(f"Method request path: {pairs_text(params.path.items())}")
    log.line(f"Method request query string: {pairs_text(query)}")
    log.line(f"Method request headers: {pairs_text(headers)}")
    log.line(f"Method request body before transformations: {body_text(exchange.request_body)}")
    return {
        "httpMethod": exchange.http_method,
        "resourcePath": plan.resource_path,
        "path": params.path,
        "querystring": params.querystring,
        "headers": headers_value(exchange.headers),
        "body": body_value(exchange.request_body),
    }


@dataclass(frozen=True, slots=True)
class _IntegrationRequest:
    inner: TransformRequest

    def __call__(self, exchange: Exchange) -> IntegrationRequest:
        log, began = _log(exchange), time.monotonic()
        given = {"body": body_value(exchange.request_body)}
        try:
            request = self.inner(exchange)
        except GatewayFault as fault:
            log.step("Integration request", given, _error(fault), began)
            raise
        body = _whole(request.body)
        if request.origin is not None:
            log.line(f"Endpoint request URI: {_uri(request)}")
            log.line(f"Endpoint request headers: {headers_text(request.headers)}")
            log.line(f"Endpoint request body after transformations: {body_text(body)}")
        log.step("Integration request", given, _shown_request(request, body), began)
        return request


def _shown_request(request: IntegrationRequest, body: bytes) -> dict[str, Any]:
    if request.origin is None:
        return {"body": body_value(body)}
    return {
        "httpMethod": request.method.decode("latin-1"),
        "uri": _uri(request),
        "headers": headers_value(request.headers),
        "body": body_value(body),
    }


def _uri(request: IntegrationRequest) -> str:
    if request.origin is None:
        return ""
    return f"{request.origin.scheme}://{host_header(request.origin).decode()}{request.target.decode('latin-1')}"


class _Read:
    """An answer whose body has been read."""

    def __init__(self, answer: Answer, body: bytes) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.head: AnswerHead | None = None
        self.body: Body = Whole(body)
        self.close = answer.close
        self.metadata = getattr(answer, "metadata", b"")  # of a function that streams


def _integration(inner: Integrate) -> Integrate:
    async def call(exchange: Exchange, request: IntegrationRequest) -> Answer:
        log, began = _log(exchange), time.monotonic()
        given = {"uri": _uri(request)}
        if request.origin is not None:
            log.line(f"Sending request to {_uri(request)}")
        try:
            answer = await inner(exchange, request)
            body = await answer.body.read()
        except (UpstreamFault, GatewayFault) as fault:
            log.step("Integration", given, _error(fault), began)
            raise
        if request.origin is not None:
            latency = round((time.monotonic() - began) * 1000)
            log.line(f"Received response. Status: {answer.status}, Integration latency: {latency} ms")
            log.line(f"Endpoint response headers: {headers_text(answer.headers)}")
            log.line(f"Endpoint response body before transformations: {body_text(body)}")
        log.step("Integration", given, _shown(answer.status, answer.headers, body), began)
        return _Read(answer, body)

    return call


@dataclass(frozen=True, slots=True)
class _IntegrationResponse:
    inner: TransformResponse

    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        try:
            return self.inner.reads(exchange, answer)
        except GatewayFault as fault:
            _log(exchange).step("Integration response", {"status": answer.status}, _error(fault), time.monotonic())
            raise

    def reply(self, exchange: Exchange, answer: Answer, body: bytes) -> Reply:
        log, began = _log(exchange), time.monotonic()
        given = {"status": answer.status}
        if isinstance(self.inner, FunctionResponse) and function_error(answer.headers):
            log.line(failure(answer, body))
        try:
            reply = self.inner.reply(exchange, answer, body)
        except GatewayFault as fault:
            log.step("Integration response", given, _error(fault), began)
            raise
        made = _whole(reply.body)
        log.line(f"Method response body after transformations: {body_text(made)}")
        log.line(f"Method response headers: {headers_text(reply.headers)}")
        log.step("Integration response", given, _shown(reply.status, reply.headers, made), began)
        return reply


def _shown(status: int, headers: Headers, body: bytes) -> dict[str, Any]:
    return {"status": status, "headers": headers_value(headers), "body": body_value(body)}


def _whole(body: bytes | Body) -> bytes:
    return body if isinstance(body, bytes) else body.whole() or b""
