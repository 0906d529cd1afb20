"""UpdateStage: AWS's table of patch paths.

Source: API reference, "Patch operations", UpdateStage; developer guide, "Update a canary release", "Promote a canary".
"""

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console.accounts.services import record
from console.core import patch
from console.core.actor import Actor, Role
from console.core.faults import BadRequest
from console.core.patch import Handler, PatchOperation, Rule
from console.core.verbs import verb
from console.stages.models import Stage
from console.stages.services import method_settings, rules, values
from console.stages.services.rows import (
    deployment_to_serve,
    documentation_version_to_publish,
    find_stage,
    note,
    point,
    stage_arn,
    write,
)
from console.stages.services.stages import enable_cache_cluster

_SET = ("add", "replace")
_SET_OR_REMOVE = ("add", "replace", "remove")


@verb(needs=Role.DEPLOYER)
def update_stage(
    actor: Actor,
    *,
    rest_api_id: str,
    stage_name: str,
    patch_operations: Iterable[Mapping[str, Any]] | None = None,
) -> Stage:
    operations = patch.read(patch_operations, shape="updateStageInput")
    stage = find_stage(rest_api_id, stage_name, lock=True)
    before: str = stage.deployment_id
    patch.apply(operations, _Patch(stage).rules())
    write(stage)
    paths = ", ".join(dict.fromkeys(operation.path for operation in operations))
    if stage.deployment_id != before:
        note(actor, stage, "DEPLOYED", previous=before, message=paths)
    elif operations:
        note(actor, stage, "UPDATED", message=paths)
    changes = {operation.path: operation.value for operation in operations}
    record(actor, "UpdateStage", stage_arn(stage), changes)
    return stage


class _Patch:
    """The stage's parts as copies that handlers change and put back, so that a refusal leaves the row as it was."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def rules(self) -> list[Rule]:
        return [*self._plain(), *self._canary(), *self._logs_and_variables(), *self._method_settings()]

    def _plain(self) -> list[Rule]:
        return [
            Rule("/description", _SET_OR_REMOVE, self._text("description")),
            Rule("/deploymentId", ("replace", "copy"), self._deployment),
            Rule("/cacheClusterEnabled", ("replace",), self._cache_cluster_enabled),
            Rule("/cacheClusterSize", ("replace",), self._cache_cluster_size),
            Rule("/tracingEnabled", ("replace",), self._tracing_enabled),
            Rule("/clientCertificateId", _SET_OR_REMOVE, self._text("client_certificate_id")),
            Rule("/documentationVersion", _SET_OR_REMOVE, self._documentation_version),
        ]

    def _canary(self) -> list[Rule]:
        overrides = "/canarySettings/stageVariableOverrides"
        return [
            Rule("/canarySettings", ("remove",), self._no_canary),
            Rule("/canarySettings/deploymentId", _SET, self._canary_deployment),
            Rule("/canarySettings/percentTraffic", _SET, self._canary_member("percentTraffic", _percent)),
            Rule("/canarySettings/useStageCache", _SET, self._canary_member("useStageCache", values.boolean)),
            Rule(overrides, ("remove",), self._no_overrides),
            Rule(overrides + "/{name}", _SET_OR_REMOVE, self._override),
        ]

    def _logs_and_variables(self) -> list[Rule]:
        return [
            Rule("/accessLogSettings", ("remove",), self._no_access_log),
            Rule("/accessLogSettings/format", _SET, self._access_log("format", _log_format)),
            Rule("/accessLogSettings/destinationArn", _SET, self._access_log("destinationArn", _log_destination)),
            Rule("/variables", ("copy", "remove"), self._variables),
            Rule("/variables/{name}", _SET_OR_REMOVE, self._variable),
        ]

    def _method_settings(self) -> list[Rule]:
        settings = [
            Rule(f"/{{resource+}}/{{http_method}}/{path}", _SET, self._method_setting(path, member, read))
            for path, (member, read) in method_settings.PATHS.items()
        ]
        return [*settings, Rule("/{resource+}/{http_method}", ("remove",), self._no_method_settings)]

    def _text(self, field: str) -> Handler:
        def change(operation: PatchOperation) -> None:
            setattr(self.stage, field, "" if operation.op == "remove" else values.text(operation))

        return change

    def _documentation_version(self, operation: PatchOperation) -> None:
        version = "" if operation.op == "remove" else values.text(operation)
        self.stage.documentation_version = documentation_version_to_publish(self.stage.rest_api_id, version)

    def _deployment(self, operation: PatchOperation) -> None:
        if operation.op == "copy":
            deployment_id = self._copied(operation, "/canarySettings/deploymentId", "deploymentId")
        else:
            deployment_id = values.text(operation)
        point(self.stage, deployment_to_serve(self.stage.rest_api_id, deployment_id))

    def _copied(self, operation: PatchOperation, source: str, member: str) -> Any:
        if operation.from_ != source:
            raise BadRequest(f"Invalid copy from path specified. Must be one of: [{source}]", field=operation.path)
        if self.stage.canary_settings is None:
            raise BadRequest("The stage has no canarySettings to copy from", field=operation.path)
        return self.stage.canary_settings[member]

    def _cache_cluster_enabled(self, operation: PatchOperation) -> None:
        enable_cache_cluster(self.stage, values.boolean(operation))

    def _cache_cluster_size(self, operation: PatchOperation) -> None:
        self.stage.cache_cluster_size = rules.cache_cluster_size(values.required(operation))

    def _tracing_enabled(self, operation: PatchOperation) -> None:
        self.stage.tracing_enabled = values.boolean(operation)

    def _no_canary(self, operation: PatchOperation) -> None:
        self.stage.canary_settings = None

    def _canary_settings(self) -> dict[str, Any]:
        """The first write makes a canary of no traffic on what the stage serves."""
        settings = copy.deepcopy(self.stage.canary_settings) or rules.canary({}, self.stage.deployment_id)
        self.stage.canary_settings = settings
        return settings

    def _canary_deployment(self, operation: PatchOperation) -> None:
        deployment = deployment_to_serve(self.stage.rest_api_id, values.text(operation))
        self._canary_settings()["deploymentId"] = deployment.pk

    def _canary_member(self, member: str, read: Callable[[PatchOperation], Any]) -> Handler:
        def change(operation: PatchOperation) -> None:
            self._canary_settings()[member] = read(operation)

        return change

    def _override(self, operation: PatchOperation, name: str) -> None:
        settings = self._canary_settings()
        settings["stageVariableOverrides"] = rules.variables(
            _with(settings["stageVariableOverrides"], operation, name), field="canarySettings/stageVariableOverrides"
        )

    def _no_overrides(self, operation: PatchOperation) -> None:
        if self.stage.canary_settings is not None:
            self._canary_settings()["stageVariableOverrides"] = {}

    def _no_access_log(self, operation: PatchOperation) -> None:
        self.stage.access_log_settings = None

    def _access_log(self, member: str, read: Callable[[PatchOperation], str]) -> Handler:
        def change(operation: PatchOperation) -> None:
            self.stage.access_log_settings = {**(self.stage.access_log_settings or {}), member: read(operation)}

        return change

    def _variables(self, operation: PatchOperation) -> None:
        """Copied overrides are laid over the variables: promotion loses none that the canary did not override."""
        if operation.op == "remove":
            self.stage.variables = {}
            return
        overrides = self._copied(operation, "/canarySettings/stageVariableOverrides", "stageVariableOverrides")
        self.stage.variables = rules.variables({**self.stage.variables, **overrides})

    def _variable(self, operation: PatchOperation, name: str) -> None:
        self.stage.variables = rules.variables(_with(self.stage.variables, operation, name))

    def _method_setting(self, path: str, member: str, read: Callable[[PatchOperation], Any]) -> Handler:
        def change(operation: PatchOperation, **_: str) -> None:
            key = operation.path[1:].removesuffix(f"/{path}")
            method_settings.check(operation.path, key)
            settings = copy.deepcopy(self.stage.method_settings)
            method_settings.change(settings, key, member, read(operation))
            self.stage.method_settings = settings

        return change

    def _no_method_settings(self, operation: PatchOperation, **_: str) -> None:
        """What is there goes, whatever its key."""
        key = operation.path[1:]
        settings = copy.deepcopy(self.stage.method_settings)
        if method_settings.remove(settings, key) is None:
            method_settings.check(operation.path, key)
        self.stage.method_settings = settings


def _with(variables: Mapping[str, str], operation: PatchOperation, name: str) -> dict[str, str]:
    changed = {key: value for key, value in variables.items() if key != name}
    if operation.op != "remove":
        changed[name] = values.text(operation)
    return changed


def _percent(operation: PatchOperation) -> float:
    return rules.percent_traffic(values.number(operation))


def _log_destination(operation: PatchOperation) -> str:
    return rules.access_log_destination(values.required(operation))


def _log_format(operation: PatchOperation) -> str:
    return rules.access_log_format(values.required(operation))
