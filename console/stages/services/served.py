"""What a stage serves, verb by verb, with the settings that count for each: by the rule that nodes have
(dataplane/snapshot/method_settings.py).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console.core.faults import NotFound
from console.core.patch import unescape
from console.stages.models import Document, Stage
from console.stages.services import method_settings
from dataplane.snapshot.method_settings import ALL as OF_ALL
from dataplane.snapshot.method_settings import UNSET, setting_of, verbs_of

ALL = "*"


@dataclass(frozen=True, slots=True)
class MethodSettings:
    resource_path: str  # "*" of all methods
    http_method: str
    values: dict[str, Any]  # by AWS's members
    own: bool  # and not those of all methods
    served: bool = True


def served_methods(stage: Stage) -> list[MethodSettings]:
    """By path: those of the stage's document and its canary's, and those that only settings still name."""
    served = _served(stage)
    counting = method_settings.counting(stage.method_settings)
    named = {_method(key) for key in counting} - {(ALL, ALL)}
    return [
        MethodSettings(
            path,
            verb,
            method_settings.members(setting_of(counting, path, verb)),
            own=(path, verb) in named,
            served=(path, verb) in served,
        )
        for path, verb in sorted(served | named)
    ]


def settings_of_all(stage: Stage) -> MethodSettings:
    block = method_settings.block(stage.method_settings, OF_ALL)
    return MethodSettings(ALL, ALL, block or method_settings.members(UNSET), own=block is not None)


def settings_of(stage: Stage, resource_path: str, http_method: str) -> MethodSettings:
    """Raises NotFound for a method that the stage neither serves nor has settings for."""
    if (resource_path, http_method) == (ALL, ALL):
        return settings_of_all(stage)
    for row in served_methods(stage):
        if (row.resource_path, row.http_method) == (resource_path, http_method):
            return row
    raise NotFound("Invalid Method identifier specified", field="httpMethod")


def _served(stage: Stage) -> set[tuple[str, str]]:
    """Paths and verbs, in one query."""
    deployments = [stage.deployment_id, (stage.canary_settings or {}).get("deploymentId")]
    bodies = Document.objects.filter(deployments__in=[pk for pk in deployments if pk]).values_list("body", flat=True)
    return {method for body in bodies for method in _methods(json.loads(bytes(body)).get("resources", ()))}


def _methods(resources: Iterable[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    for resource in resources:
        drawn = [method["httpMethod"] for method in resource.get("methods", ())]
        for http_method in drawn:
            for verb in verbs_of(http_method, drawn):
                yield resource["path"], verb


def _method(key: str) -> tuple[str, str]:
    resource, _, http_method = key.rpartition("/")
    return unescape(resource), http_method
