"""UpdateUsagePlan: AWS's table of patch paths. Source: API reference, "Patch operations", UpdateUsagePlan.

A method's throttle is at `/apiStages/{api}:{stage}/throttle/{resource path}/{verb}`, whose path callers send escaped
(`~1pets/GET`) or plain (`/pets/GET`, as Terraform does): it is brought into one segment before the table is asked.
"""

import copy
import dataclasses
import re
from collections.abc import Callable, Sequence
from typing import Any

from console.access.models import UsagePlan
from console.access.services import rules
from console.apis.services.patches import integer, put, text
from console.core import patch
from console.core.faults import BadRequest, NotFound
from console.core.patch import Handler, PatchOperation, Rule
from console.stages.services.values import at_least

_SET = ("add", "replace")
_SET_OR_REMOVE = ("add", "replace", "remove")
_METHOD_THROTTLE = re.compile(r"(?P<stage>/apiStages/[^/]+/throttle)/(?P<method>.+?)(?P<limit>/rateLimit|/burstLimit)?")
_LIMITS: dict[str, Callable[[PatchOperation], Any]] = {"rateLimit": at_least(0), "burstLimit": integer}


class UsagePlanPatch:
    def __init__(self, plan: UsagePlan) -> None:
        self.plan = plan
        self.throttle: dict[str, Any] = dict(plan.throttle or {})
        self.quota: dict[str, Any] = dict(plan.quota or {})
        self.stages: list[dict[str, Any]] = copy.deepcopy(plan.api_stages)

    def apply(self, operations: Sequence[PatchOperation]) -> None:
        """The parts are checked when all operations are done: a quota comes member by member."""
        patch.apply([_one_segment(operation) for operation in operations], self._rules())
        self.plan.name = rules.plan_name(self.plan.name)
        self.plan.throttle = rules.throttle(self.throttle)
        self.plan.quota = rules.quota(self.quota)
        self.plan.api_stages = rules.api_stages(self.stages, self.plan.name)

    def _rules(self) -> list[Rule]:
        method = "/apiStages/{api_stage}/throttle/{method}"
        return [
            Rule("/name", ("replace",), put(self.plan, "name")),
            Rule("/description", _SET_OR_REMOVE, put(self.plan, "description")),
            Rule("/productCode", _SET_OR_REMOVE, put(self.plan, "product_code")),
            Rule("/throttle", ("remove",), _cleared(self.throttle)),
            *(Rule(f"/throttle/{name}", _SET, _member(self.throttle, name, read)) for name, read in _LIMITS.items()),
            Rule("/quota", ("remove",), _cleared(self.quota)),
            Rule("/quota/limit", _SET, _member(self.quota, "limit", integer)),
            Rule("/quota/offset", _SET, _member(self.quota, "offset", integer)),
            Rule("/quota/period", _SET, _member(self.quota, "period", text)),
            Rule("/apiStages", ("add", "remove"), self._api_stage),
            Rule("/apiStages/{api_stage}", ("remove",), self._no_api_stage),
            Rule("/apiStages/{api_stage}/throttle", ("remove",), self._no_throttles),
            Rule(method, ("remove",), self._no_method_throttle),
            *(Rule(f"{method}/{name}", _SET, self._method_throttle(name, read)) for name, read in _LIMITS.items()),
        ]

    def _api_stage(self, operation: PatchOperation) -> None:
        given = text(operation)
        if operation.op == "remove":
            self._no_api_stage(operation, given)
            return
        api_id, colon, stage = given.partition(":")
        if not colon:
            raise BadRequest(f"Invalid API Stage {given}. It must be {{api}}:{{stage}}", field=operation.path)
        if not any(_named(one, given) for one in self.stages):
            self.stages.append({"apiId": api_id, "stage": stage})

    def _no_api_stage(self, operation: PatchOperation, api_stage: str) -> None:
        self.stages.remove(self._stage(api_stage, operation))

    def _stage(self, api_stage: str, operation: PatchOperation) -> dict[str, Any]:
        for one in self.stages:
            if _named(one, api_stage):
                return one
        raise NotFound(f"API Stage not found: {api_stage}", field=operation.path)

    def _no_throttles(self, operation: PatchOperation, api_stage: str) -> None:
        self._stage(api_stage, operation).pop("throttle", None)

    def _method_throttle(self, name: str, read: Callable[[PatchOperation], Any]) -> Handler:
        def change(operation: PatchOperation, api_stage: str, method: str) -> None:
            throttles = self._stage(api_stage, operation).setdefault("throttle", {})
            throttles.setdefault(method, {})[name] = read(operation)

        return change

    def _no_method_throttle(self, operation: PatchOperation, api_stage: str, method: str) -> None:
        stage = self._stage(api_stage, operation)
        throttles = stage.get("throttle", {})
        if throttles.pop(method, None) is None:
            raise NotFound(f"Method throttle not found: {method}", field=operation.path)
        if not throttles:
            stage.pop("throttle")


def _one_segment(operation: PatchOperation) -> PatchOperation:
    match = _METHOD_THROTTLE.fullmatch(operation.path)
    if match is None:
        return operation
    method = "/" + patch.unescape(match["method"]).lstrip("/")
    return dataclasses.replace(operation, path=f"{match['stage']}/{patch.escape(method)}{match['limit'] or ''}")


def _named(stage: dict[str, Any], api_stage: str) -> bool:
    return f"{stage['apiId']}:{stage['stage']}" == api_stage


def _member(part: dict[str, Any], name: str, read: Callable[[PatchOperation], Any]) -> Handler:
    def change(operation: PatchOperation) -> None:
        part[name] = read(operation)

    return change


def _cleared(part: dict[str, Any]) -> Handler:
    return lambda operation: part.clear()
