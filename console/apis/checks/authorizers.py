"""Authorizers. Source: botocore's `CreateAuthorizer`; texts as AWS's users quote them."""

import re
from collections.abc import Sequence

from console.core.faults import BadRequest
from dataplane.mapping.javaregex import compile_regex

MAX_TTL = 3600
_NAME = r"[a-zA-Z0-9._$-]+"
_HEADER = re.compile(rf"method\.request\.header\.{_NAME}")
_SOURCE = re.compile(
    rf"method\.request\.(?:multivalue)?(?:header|querystring)\.{_NAME}|stageVariables\.\w+|context\.[\w.]+"
)
_LAMBDA = re.compile(
    r"arn:aws[a-z-]*:apigateway:[^:]+:lambda:path/\d{4}-\d{2}-\d{2}/functions/.+/invocations", re.DOTALL
)
_USER_POOL = re.compile(r"arn:aws[a-z-]*:cognito-idp:[^:]+:[^:]+:userpool/.+")


def result_ttl(seconds: int | None) -> None:
    if seconds is not None and not 0 <= seconds <= MAX_TTL:
        raise BadRequest(
            f"Invalid authorizer result TTL specified. It must be between 0 and {MAX_TTL} seconds",
            field="authorizerResultTtlInSeconds",
        )


def identity_sources(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def identity_source(kind: str, text: str, *, ttl: int | None) -> None:
    """One header for a token, any number of sources for a request; none at all only where nothing is cached."""
    if kind != "REQUEST":
        if not _HEADER.fullmatch(text):
            raise BadRequest(
                f"Invalid token source expression: {text or None}. The source must be a method request header, "
                "matching 'method.request.header.[a-zA-Z0-9._-]+'.",
                field="identitySource",
            )
        return
    if ttl and not identity_sources(text):
        raise BadRequest(
            "Identity source must be set if authorizer caching is enabled (TTL is greater than 0)",
            field="identitySource",
        )
    for source in identity_sources(text):
        if not _SOURCE.fullmatch(source):
            raise BadRequest(f"Invalid identity source expression: {source}", field="identitySource")


def identity_validation_expression(pattern: str) -> None:
    try:
        compile_regex(pattern)
    except (re.error, RecursionError, OverflowError):
        raise BadRequest(
            f"Invalid identity validation expression: {pattern}", field="identityValidationExpression"
        ) from None


def authorizer_uri(uri: str) -> None:
    if not _LAMBDA.fullmatch(uri):
        raise BadRequest(
            f"Invalid Authorizer URI: {uri or None}. Authorizer URI should be a valid API Gateway ARN that represents "
            "a Lambda function invocation.",
            field="authorizerUri",
        )


def authorizer_credentials(arn: str) -> None:
    if arn and not arn.startswith("arn:"):
        raise BadRequest("Invalid ARN specified in the request", field="authorizerCredentials")


def provider_arns(arns: Sequence[str]) -> None:
    if not arns:
        raise BadRequest("A COGNITO_USER_POOLS authorizer needs at least one provider ARN", field="providerARNs")
    for arn in arns:
        if not _USER_POOL.fullmatch(arn):
            raise BadRequest(f"Invalid Cognito User Pool ARN: {arn}", field="providerARNs")
