"""What a stage serves, method by method, with the settings that count for each.

A block of settings is whole: a method that has one takes nothing of what is set for all. Source: developer guide,
"Enabling API caching"; dataplane/caching/settings.py has the same rule for nodes.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from console.core.faults import NotFound
from console.core.patch import unescape
from console.stages.models import Document, Stage
from console.stages.services import method_settings
from console.stages.services.method_settings import UNSET

ALL = "*"


@dataclass(frozen=True, slots=True)
class MethodSettings:
    resource_path: str  # "*" of all methods
    http_method: str
    values: dict[str, Any]  # by AWS's members
    own: bool  # and not those of all methods
    served: bool = True
    get_only: bool = False  # an inherited cache keeps nothing but the GETs of ANY


def served_methods(stage: Stage) -> list[MethodSettings]:
    """By path: those of the stage's document and its canary's, and those that only settings still name."""
    served = _served(stage)
    named = {_method(key) for key in map(method_settings.canonical, stage.method_settings)} - {(ALL, ALL)}
    paths = {(path, ALL) for path, _ in served}  # AWS knows settings of a path's methods together
    return [_settings(stage, *method, served=method in served | paths) for method in sorted(served | named)]


def settings_of_all(stage: Stage) -> MethodSettings:
    block = method_settings.block(stage.method_settings, ALL, ALL)
    return MethodSettings(ALL, ALL, block or UNSET, own=block is not None)


def settings_of(stage: Stage, resource_path: str, http_method: str) -> MethodSettings:
    """Raises NotFound for a method that the stage neither serves nor has settings for."""
    if (resource_path, http_method) == (ALL, ALL):
        return settings_of_all(stage)
    for row in served_methods(stage):
        if (row.resource_path, row.http_method) == (resource_path, http_method):
            return row
    raise NotFound("Invalid Method identifier specified", field="httpMethod")


def _settings(stage: Stage, resource_path: str, http_method: str, *, served: bool) -> MethodSettings:
    block = method_settings.block(stage.method_settings, resource_path, http_method)
    if block is not None:
        return MethodSettings(resource_path, http_method, block, own=True, served=served)
    values = settings_of_all(stage).values
    caches = values["cachingEnabled"]
    inherited = {**values, "cachingEnabled": caches and http_method == "GET"}
    return MethodSettings(resource_path, http_method, inherited, own=False, get_only=caches and http_method == "ANY")


def _served(stage: Stage) -> set[tuple[str, str]]:
    """Paths and verbs, in one query."""
    deployments = [stage.deployment_id, (stage.canary_settings or {}).get("deploymentId")]
    bodies = Document.objects.filter(deployments__in=[pk for pk in deployments if pk]).values_list("body", flat=True)
    return {method for body in bodies for method in _methods(json.loads(bytes(body)).get("resources", ()))}


def _methods(resources: Iterable[dict[str, Any]]) -> Iterable[tuple[str, str]]:
    for resource in resources:
        for method in resource.get("methods", ()):
            yield resource["path"], method["httpMethod"]


def _method(key: str) -> tuple[str, str]:
    resource, _, http_method = key.rpartition("/")
    return unescape(resource), http_method
