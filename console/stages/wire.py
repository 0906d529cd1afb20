"""AWS's operations on deployments and stages, as they are said on the wire."""

from typing import Any

from console.core.paging import Page
from console.core.wire import serve
from console.stages import services
from console.stages.models import Deployment, Stage


def deployment(row: Deployment) -> dict[str, Any]:
    return {
        "id": row.pk,
        "description": row.description or None,
        "createdDate": row.created_date,
        "apiSummary": row.api_summary,
    }


def deployments(found: Page[Deployment]) -> dict[str, Any]:
    return {"items": [deployment(row) for row in found.items], "position": found.position}


def stage(row: Stage) -> dict[str, Any]:
    return {
        "stageName": row.stage_name,
        "deploymentId": row.deployment_id,
        "description": row.description or None,
        "clientCertificateId": row.client_certificate_id or None,
        "documentationVersion": row.documentation_version or None,
        "variables": row.variables or None,
        "methodSettings": row.method_settings,
        "canarySettings": row.canary_settings,
        "accessLogSettings": row.access_log_settings,
        "tracingEnabled": row.tracing_enabled,
        "webAclArn": row.web_acl_arn or None,
        "tags": row.tags or None,
        "createdDate": row.created_date,
        "lastUpdatedDate": row.last_updated_date,
        **_cache_cluster(row),
    }


def _cache_cluster(row: Stage) -> dict[str, Any]:
    """A cluster of AWS's takes minutes to come; this cache is there at once."""
    return {
        "cacheClusterEnabled": row.cache_cluster_enabled,
        "cacheClusterSize": row.cache_cluster_size or None,
        "cacheClusterStatus": "AVAILABLE" if row.cache_cluster_enabled else "NOT_AVAILABLE",
    }


def stages(rows: list[Stage]) -> dict[str, Any]:
    return {"item": [stage(row) for row in rows]}


def export(found: services.Export) -> dict[str, Any]:
    return {
        "contentType": found.content_type,
        "contentDisposition": f'attachment; filename="{found.file_name}"',
        "body": found.body,
    }


operations = [
    serve("GetDeployment", services.get_deployment, deployment),
    serve("GetDeployments", services.get_deployments, deployments),
    serve("UpdateDeployment", services.update_deployment, deployment),
    serve("DeleteDeployment", services.delete_deployment),
    serve("CreateStage", services.create_stage, stage),
    serve("GetStage", services.get_stage, stage),
    serve("GetStages", services.get_stages, stages),
    serve("UpdateStage", services.update_stage, stage),
    serve("DeleteStage", services.delete_stage),
    serve("RollbackStage", services.rollback_stage, stage),
    serve("GetExport", services.get_export, export),
    serve("FlushStageCache", services.flush_stage_cache),
    serve("FlushStageAuthorizersCache", services.flush_stage_authorizers_cache),
]
