"""AWS in front of a Lambda function: patterns are about the message of the error that the function ended in.

Without an error the text is empty, which `.*` matches and `(\\n|.)+` does not. Source: developer guide, "Handle Lambda
errors in API Gateway"; behaviours 79.
"""

import json
from dataclasses import dataclass

import msgspec

from dataplane.aws.functions import function_error
from dataplane.exchange import Exchange
from dataplane.plan import Answer
from dataplane.steps.lambda_reply import error_message
from dataplane.steps.transform_response import MappedResponse


@dataclass(frozen=True, slots=True)
class FunctionResponse(MappedResponse):
    def reads(self, exchange: Exchange, answer: Answer) -> bool:
        return bool(function_error(answer.headers)) or MappedResponse.reads(self, exchange, answer)

    def chosen_by(self, answer: Answer, body: bytes) -> str:
        return error_message(body) if function_error(answer.headers) else ""

    def for_headers(self, answer: Answer, body: bytes) -> bytes:
        """With the object that a custom error's message is the JSON of in its place."""
        if not function_error(answer.headers):
            return body
        try:
            error = json.loads(error_message(body))
            return msgspec.json.encode({**msgspec.json.decode(body), "errorMessage": error})
        except (ValueError, TypeError, RecursionError):
            return body
