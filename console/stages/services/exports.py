"""GetExport: what a stage serves, as an OpenAPI document.

The frozen document says nearly all. What it lacks is as it is drawn now: the API's description and version, its private
endpoints, and authorizers.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from console.apis.models import Authorizer
from console.apis.openapi import export
from console.core.actor import Actor, Role
from console.core.verbs import verb
from console.stages.models import Document, Stage
from console.stages.services.addresses import addresses
from console.stages.services.rows import find_stage


@dataclass(frozen=True, slots=True)
class Export:
    content_type: str
    file_name: str
    body: bytes


@verb(needs=Role.VIEWER)
def get_export(
    actor: Actor,
    *,
    rest_api_id: str,
    stage_name: str,
    export_type: str,
    parameters: Mapping[str, str] | None = None,
    accepts: str = "",
) -> Export:
    form, kind = export.form(export_type, parameters), export.media_type(accepts)
    stage = find_stage(rest_api_id, stage_name)
    base_path = f"/{stage_name}"
    host = addresses(rest_api_id, stage_name).host.removesuffix(base_path)
    said = exported(stage, host=host, base_path=base_path)
    made = stage.deployment.created_date.strftime("%Y-%m-%d_%H-%MZ")
    name = f"{rest_api_id}_{stage_name}_{export_type}_{made}.{export.MEDIA_TYPES[kind]}"
    return Export(kind, name, export.to_text(export.write(said, form), kind))


def exported(stage: Stage, *, host: str, base_path: str) -> export.Exported:
    api, deployment = stage.rest_api, stage.deployment
    body = Document.objects.values_list("body", flat=True).get(pk=deployment.document_id)
    return export.Exported(
        document=json.loads(bytes(body)),
        host=host,
        base_path=base_path,
        version=api.version or _moment(deployment.created_date),  # OpenAPI wants one
        description=api.description,
        region=settings.REGION,
        vpc_endpoint_ids=tuple(api.vpc_endpoint_ids),
        disable_execute_api_endpoint=deployment.disable_execute_api_endpoint,
        authorizers={row.pk: _authorizer(row) for row in api.authorizers.order_by("name")},
        documentation=_documentation(stage),
    )


def _authorizer(row: Authorizer) -> dict[str, Any]:
    return {
        "name": row.name,
        "type": row.type,
        "providerARNs": row.provider_arns,
        "authType": row.auth_type,
        "authorizerUri": row.authorizer_uri,
        "authorizerCredentials": row.authorizer_credentials,
        "identitySource": row.identity_source,
        "identityValidationExpression": row.identity_validation_expression,
        "authorizerResultTtlInSeconds": row.authorizer_result_ttl_in_seconds,
        "jwtConfiguration": row.jwt_configuration,
    }


def _documentation(stage: Stage) -> dict[str, Any] | None:
    """The version that the stage names."""
    version = stage.rest_api.documentation_versions.filter(version=stage.documentation_version).first()
    if version is None:
        return None
    return {
        "version": version.version,
        "createdDate": _moment(version.created_date),
        "documentationParts": version.parts,
    }


def _moment(at: dt.datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")
