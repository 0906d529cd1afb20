"""What can be done with deployments and stages: one function per AWS operation (and rollback, which AWS lacks).

`create_deployment` is in the room that publishes, which knows how an API is frozen.
"""

from console.stages.services.caches import flush_stage_authorizers_cache, flush_stage_cache
from console.stages.services.canaries import promote_canary, remove_canary
from console.stages.services.deployments import delete_deployment, get_deployment, get_deployments, update_deployment
from console.stages.services.exports import Export, get_export
from console.stages.services.history import deployment_before, history, rollback_stage
from console.stages.services.served import MethodSettings, served_methods, settings_of, settings_of_all
from console.stages.services.stages import create_stage, delete_stage, get_stage, get_stages
from console.stages.services.update import update_stage

__all__ = [
    "Export",
    "MethodSettings",
    "create_stage",
    "delete_deployment",
    "delete_stage",
    "deployment_before",
    "flush_stage_authorizers_cache",
    "flush_stage_cache",
    "get_deployment",
    "get_deployments",
    "get_export",
    "get_stage",
    "get_stages",
    "history",
    "promote_canary",
    "remove_canary",
    "rollback_stage",
    "served_methods",
    "settings_of",
    "settings_of_all",
    "update_deployment",
    "update_stage",
]
