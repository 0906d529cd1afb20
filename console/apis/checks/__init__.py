"""What one drawn row may hold, as pure functions that raise BadRequest with AWS's text.

Sources: botocore's `apigateway` model, the developer guide ("important notes", "data mapping reference", "quotas") and
the texts that AWS's users quote. Where AWS's text is not known, the sentence is ours.
"""

from console.apis.checks.authorizers import (
    authorizer_credentials,
    authorizer_uri,
    identity_source,
    identity_validation_expression,
    provider_arns,
    result_ttl,
)
from console.apis.checks.documentation import (
    LOCATION_FIELDS,
    MAX_NAME,
    MEMBERS,
    PLACE,
    documentation_properties,
    documentation_version,
    location,
)
from console.apis.checks.gateway_responses import DEFAULT_TEMPLATES, GATEWAY_RESPONSES, gateway_response_parameters
from console.apis.checks.integrations import (
    TRANSFER_MODES,
    connection,
    integration_target,
    selection_pattern,
    templates,
    transfer,
)
from console.apis.checks.jwt import jwt_configuration, known_jwt_members, not_for_jwt
from console.apis.checks.mappings import cache_key_parameters, request_mappings, response_mappings
from console.apis.checks.methods import http_method, request_parameters, response_parameters, status_code
from console.apis.checks.models import model_name, schema
from console.apis.checks.resources import MAX_PATH, is_greedy, is_variable, path, path_part
from console.apis.checks.rest_apis import (
    binary_media_types,
    compression_size,
    endpoint_types,
    json_value,
    kept_policy,
)

__all__ = [
    "DEFAULT_TEMPLATES",
    "GATEWAY_RESPONSES",
    "LOCATION_FIELDS",
    "MAX_NAME",
    "MAX_PATH",
    "MEMBERS",
    "PLACE",
    "TRANSFER_MODES",
    "authorizer_credentials",
    "authorizer_uri",
    "binary_media_types",
    "cache_key_parameters",
    "compression_size",
    "connection",
    "documentation_properties",
    "documentation_version",
    "endpoint_types",
    "gateway_response_parameters",
    "http_method",
    "identity_source",
    "identity_validation_expression",
    "integration_target",
    "is_greedy",
    "is_variable",
    "json_value",
    "jwt_configuration",
    "kept_policy",
    "known_jwt_members",
    "location",
    "model_name",
    "not_for_jwt",
    "path",
    "path_part",
    "provider_arns",
    "request_mappings",
    "request_parameters",
    "response_mappings",
    "response_parameters",
    "result_ttl",
    "schema",
    "selection_pattern",
    "status_code",
    "templates",
    "transfer",
]
