"""What an authorizer's function is told of a request.

Source: developer guide, "Input to an Amazon API Gateway Lambda authorizer"; behaviours 45.
"""

from typing import Any, Final
from urllib.parse import unquote

import msgspec

from dataplane.exchange import Exchange
from dataplane.steps.scope import context_of, request_params

_OWN: Final = ("authorizer", "error", "requestOverride", "responseOverride", "xrayTraceId")


def token_event(token: str, arn: str) -> bytes:
    return msgspec.json.encode({"type": "TOKEN", "authorizationToken": token, "methodArn": arn})


def request_event(exchange: Exchange, arn: str) -> bytes:
    params, plan, stage = request_params(exchange), exchange.plan, exchange.stage
    assert stage is not None
    return msgspec.json.encode(
        {
            "type": "REQUEST",
            "methodArn": arn,
            "resource": plan.resource_path if plan else "/",
            "path": unquote(exchange.stage_path),
            "httpMethod": exchange.http_method,
            "headers": _last(params.header),
            "multiValueHeaders": params.header,
            "queryStringParameters": _last(params.querystring),
            "multiValueQueryStringParameters": params.querystring,
            "pathParameters": params.path,
            "stageVariables": stage.variables,
            "requestContext": _request_context(exchange),
        }
    )


def _last(values: dict[str, list[str]]) -> dict[str, str]:
    return {name: each[-1] for name, each in values.items()}


def _request_context(exchange: Exchange) -> dict[str, Any]:
    return {name: value for name, value in context_of(exchange).items() if name not in _OWN}
