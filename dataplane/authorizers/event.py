"""What an authorizer's function is told of a request.

Source: developer guide, "Input to an Amazon API Gateway Lambda authorizer"; behaviours 45. It is what functions behind
methods are told, but for the body; and where a request has nothing, the map is empty.
"""

from typing import Final

import msgspec

from dataplane.exchange import Exchange
from dataplane.steps.lambda_event import request_members

_MAPS: Final = (
    "queryStringParameters",
    "multiValueQueryStringParameters",
    "pathParameters",
    "stageVariables",
)


def token_event(token: str, arn: str) -> bytes:
    return msgspec.json.encode({"type": "TOKEN", "authorizationToken": token, "methodArn": arn})


def request_event(exchange: Exchange, arn: str) -> bytes:
    members = request_members(exchange)
    members.update({name: members[name] or {} for name in _MAPS})
    return msgspec.json.encode({"type": "REQUEST", "methodArn": arn, **members})
