"""What a domain name and a base path may be: pure rules, in AWS's texts where they are known.

Source: botocore's `apigateway` model; developer guide, "Custom domain names" and "API mappings"; texts as AWS's users
quote them.
"""

import re
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from console.apis.checks import json_value
from console.core.faults import BadRequest
from console.core.wire import model

EMPTY_BASE_PATH = "(none)"
MAX_DOMAIN_NAME = 253
MAX_BASE_PATH = 300
MAX_POLICY = 8192

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN_NAME = re.compile(rf"(?:\*\.)?{_LABEL}(?:\.{_LABEL})*")
_BASE_PATH = re.compile(r"[A-Za-z0-9$\-_.+!*'()]+")
_CERTIFICATE_ARN = re.compile(r"arn:aws[\w-]*:(?:acm|iam):[\w-]*:\d{12}:\S+")


def domain_name(name: str) -> None:
    if len(name) > MAX_DOMAIN_NAME or not _DOMAIN_NAME.fullmatch(name):
        raise BadRequest(f"Invalid domain name specified: {name}", field="domainName")


def one_of(shape: str, member: str, value: str) -> None:
    """The values are those of the service model's enumeration."""
    values = model.service().shape_for(shape).enum
    if value and value not in values:
        raise BadRequest(f"Invalid {member} specified. Must be one of: [{', '.join(values)}]", field=member)


def certificate_arn(arn: str, member: str) -> None:
    if arn and not _CERTIFICATE_ARN.fullmatch(arn):
        raise BadRequest(f"Invalid certificate ARN: {arn}", field=member)


def endpoint(types: list[str], ip_address_type: str) -> None:
    if not types:
        raise BadRequest("A domain name must have an endpoint type", field="endpointConfiguration")
    for one in types:
        one_of("EndpointType", "endpointConfiguration", one)
    if "PRIVATE" in types and len(types) > 1:
        raise BadRequest("The endpoint type PRIVATE cannot be joined with others", field="endpointConfiguration")
    if "PRIVATE" in types and ip_address_type != "dualstack":
        raise BadRequest(
            "Only dualstack ipAddressType is supported for Private endpoint type", field="endpointConfiguration"
        )


def access_mode(mode: str, security_policy: str) -> None:
    if mode and not security_policy.startswith("SecurityPolicy_"):
        raise BadRequest(
            "An endpointAccessMode needs a security policy that starts with SecurityPolicy_", field="endpointAccessMode"
        )


def mutual_tls(given: Mapping[str, str] | None, endpoint_types: Sequence[str]) -> None:
    if given is None:
        return
    if "REGIONAL" not in endpoint_types:
        raise BadRequest(
            "Mutual TLS is supported only for regional custom domain names", field="mutualTlsAuthentication"
        )
    uri = given["truststoreUri"]
    try:
        parts = urlsplit(uri)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "s3" or not parts.netloc or not parts.path.strip("/"):
        raise BadRequest(f"Invalid truststore URI: {uri}", field="mutualTlsAuthentication")


def policy(text: str, member: str, *, private: bool) -> None:
    if text and not private:
        raise BadRequest(f"A {member} is supported only for private custom domain names", field=member)
    if text and (len(text) > MAX_POLICY or not isinstance(json_value(text), dict)):
        raise BadRequest("Invalid policy document. Please check the policy syntax.", field=member)


def key_pair(certificate: str, chain: str, private_key: str) -> None:
    """PEM texts. Raises BadRequest unless the key is the certificate's."""
    try:
        found = x509.load_pem_x509_certificates(certificate.encode())
        x509.load_pem_x509_certificates(chain.encode() if chain else certificate.encode())
    except ValueError:
        raise BadRequest("The certificate body or chain is not in PEM format", field="certificateBody") from None
    try:
        key = load_pem_private_key(private_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # a TypeError says that it is encrypted
        raise BadRequest("The private key is not an unencrypted PEM key", field="certificatePrivateKey") from None
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if key.public_key().public_bytes(*form) != found[0].public_key().public_bytes(*form):
        raise BadRequest("The private key does not match the certificate", field="certificatePrivateKey")


def base_path(path: str) -> str:
    """As it is kept: `(none)` stands for the empty one."""
    if path in ("", EMPTY_BASE_PATH):
        return EMPTY_BASE_PATH
    if "/" in path:
        raise BadRequest(
            "API Gateway V1 doesn't support the slash character (/) in base path mappings. To create a multi-level "
            "base path mapping, use API Gateway V2.",
            field="basePath",
        )
    if len(path) > MAX_BASE_PATH or not _BASE_PATH.fullmatch(path):
        raise BadRequest(
            f"Base paths can only contain letters, numbers, and one of $-_.+!*'(), at most {MAX_BASE_PATH}",
            field="basePath",
        )
    return path
