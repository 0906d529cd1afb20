"""`$context` of one request.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
What is None is left out: it prints empty in a template and is not sent by a mapping.
"""

import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(slots=True)
class Identity:
    """Keys of `$context.identity`."""

    source_ip: str
    user_agent: str | None = None
    account_id: str | None = None
    api_key: str | None = None
    api_key_id: str | None = None
    caller: str | None = None
    cognito_authentication_provider: str | None = None
    cognito_authentication_type: str | None = None
    cognito_identity_id: str | None = None
    cognito_identity_pool_id: str | None = None
    principal_org_id: str | None = None
    user: str | None = None
    user_arn: str | None = None
    client_cert: dict[str, Any] | None = None  # clientCertPem, subjectDN, issuerDN, serialNumber, validity


@dataclass(slots=True)
class ContextValues:
    account_id: str
    api_id: str
    stage: str
    deployment_id: str
    resource_id: str
    resource_path: str
    http_method: str
    path: str  # with the stage, as sent
    protocol: str
    request_id: str
    extended_request_id: str
    request_time: float  # epoch seconds
    domain_name: str
    identity: Identity
    authorizer: dict[str, Any] = field(default_factory=dict)  # principalId, claims, and what the authorizer returned
    is_canary_request: bool | None = None  # None: the stage has no canary
    waf_response_code: str | None = None
    web_acl_arn: str | None = None
    xray_trace_id: str | None = None
    aws_endpoint_request_id: str | None = None
    custom_domain_base_path: str | None = None


def build_context(values: ContextValues) -> dict[str, Any]:
    context: dict[str, Any] = {
        "accountId": values.account_id,
        "apiId": values.api_id,
        "deploymentId": values.deployment_id,
        "domainName": values.domain_name,
        "domainPrefix": values.domain_name.partition(".")[0],
        "extendedRequestId": values.extended_request_id,
        "httpMethod": values.http_method,
        "identity": _identity(values.identity),
        "path": values.path,
        "protocol": values.protocol,
        "requestId": values.request_id,
        "requestTime": clf_time(values.request_time),
        "requestTimeEpoch": int(values.request_time * 1000),
        "resourceId": values.resource_id,
        "resourcePath": values.resource_path,
        "stage": values.stage,
    }
    if values.authorizer:
        context["authorizer"] = values.authorizer
    if values.is_canary_request is not None:
        context["isCanaryRequest"] = values.is_canary_request
    for name, value in (
        ("wafResponseCode", values.waf_response_code),
        ("webaclArn", values.web_acl_arn),
        ("xrayTraceId", values.xray_trace_id),
        ("awsEndpointRequestId", values.aws_endpoint_request_id),
    ):
        if value is not None:
            context[name] = value
    if values.custom_domain_base_path is not None:
        context["customDomain"] = {"basePathMatched": values.custom_domain_base_path}
    return context


def clf_time(moment: float) -> str:
    """Common Log Format, `09/Apr/2015:12:34:56 +0000`, in any locale."""
    return _clf_second(int(moment))


@lru_cache(maxsize=16)
def _clf_second(second: int) -> str:
    t = time.gmtime(second)
    clock = f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}"
    return f"{t.tm_mday:02}/{_MONTHS[t.tm_mon - 1]}/{t.tm_year}:{clock} +0000"


def _identity(identity: Identity) -> dict[str, Any]:
    found = {"sourceIp": identity.source_ip}
    for name, value in (
        ("userAgent", identity.user_agent),
        ("accountId", identity.account_id),
        ("apiKey", identity.api_key),
        ("apiKeyId", identity.api_key_id),
        ("caller", identity.caller),
        ("cognitoAuthenticationProvider", identity.cognito_authentication_provider),
        ("cognitoAuthenticationType", identity.cognito_authentication_type),
        ("cognitoIdentityId", identity.cognito_identity_id),
        ("cognitoIdentityPoolId", identity.cognito_identity_pool_id),
        ("principalOrgId", identity.principal_org_id),
        ("user", identity.user),
        ("userArn", identity.user_arn),
        ("clientCert", identity.client_cert),
    ):
        if value is not None:
            found[name] = value  # type: ignore[assignment]
    return found
