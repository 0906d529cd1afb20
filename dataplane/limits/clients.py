"""API keys and usage plans as one worker holds them: who a key is, and what it may at a stage.

Keys are found by the SHA-256 of what a caller shows; no comparison of secrets takes place, so none can be timed.
"""

from hashlib import sha256
from typing import TypeAlias

from dataplane.limits.bucket import Bucket
from dataplane.limits.meter import Meter, limit_of
from dataplane.limits.quota import Allowance
from dataplane.snapshot import Access, ApiKey, PlanStage, Throttle, UsagePlan

StageName: TypeAlias = tuple[str, str]  # api id, stage name


class Grant:
    """What one key may at one stage, by the one plan of it that has the stage."""

    __slots__ = ("_methods", "_others", "allowance")

    def __init__(self, allowance: Allowance, bucket: Bucket | None, methods: dict[str, Bucket]) -> None:
        """`bucket`: of all methods together; `methods`: those with one of their own, by method_name."""
        self.allowance = allowance
        self._others = () if bucket is None else (bucket,)
        self._methods = {method: (own, *self._others) for method, own in methods.items()}

    def limits(self, method: str) -> bool:
        """Whether it has a limit of its own."""
        return method in self._methods

    def buckets(self, method: str) -> tuple[Bucket, ...]:
        """All that have to hold a token for a request of it, its own first."""
        return self._methods.get(method, self._others)


class Client:
    __slots__ = ("grants", "id", "key", "version")

    def __init__(self, key: ApiKey) -> None:
        self.id = key.id
        self.key = key
        self.grants: dict[StageName, Grant] = {}
        self.version = -1


def method_name(resource_path: str, http_method: str) -> str:
    """As plans name a method: "/pets/GET"; that of the root is "/GET"."""
    return "/" + f"{resource_path}/{http_method}".lstrip("/")


class Clients:
    def __init__(self, meter: Meter) -> None:
        self.meter = meter
        self._clients: dict[bytes, Client] = {}
        self._digests: dict[str, bytes] = {}  # by key
        self._plans: dict[str, UsagePlan] = {}
        self._version = 0

    def update(self, access: Access, *, whole: bool = False) -> None:
        if whole:
            self._clients, self._digests, self._plans = {}, {}, {}
        for key_id in (*access.removed_keys, *(key.id for key in access.keys)):
            self._forget(key_id)
        for plan_id in access.removed_plans:
            self._plans.pop(plan_id, None)
        for key in access.keys:
            self._digests[key.id] = digest = bytes.fromhex(key.digest)
            self._clients[digest] = Client(key)
        self._plans.update({plan.id: plan for plan in access.plans})
        self.meter.set_account(access.account)
        self._version += 1

    def _forget(self, key_id: str) -> None:
        digest = self._digests.pop(key_id, None)
        if digest is not None:
            del self._clients[digest]

    def find(self, value: bytes) -> Client | None:
        return self._clients.get(sha256(value).digest())

    def grant(self, client: Client, stage: StageName) -> Grant | None:
        """None: none of its plans has the stage."""
        if client.version != self._version:
            client.version, client.grants = self._version, {}
        found = client.grants.get(stage)
        if found is None:
            found = self._granted(client, stage)
            if found is not None:
                client.grants[stage] = found
        return found

    def _granted(self, client: Client, stage: StageName) -> Grant | None:
        for membership in client.key.plans:
            plan = self._plans.get(membership.plan_id)
            for one in plan.stages if plan else ():
                if plan is not None and (one.api_id, one.stage_name) == stage:
                    allowance = self.meter.allowance(plan.id, client.id)
                    allowance.set(plan.quota, membership)
                    return self._limits(plan, one, allowance)
        return None

    def _limits(self, plan: UsagePlan, stage: PlanStage, allowance: Allowance) -> Grant:
        name = f"{plan.id}/{allowance.key_id}"
        methods = {
            method: bucket
            for given, throttle in stage.throttles.items()
            if (method := "/" + given.lstrip("/"))
            and (bucket := self._bucket(f"{name}/{stage.api_id}/{stage.stage_name}{method}", throttle))
        }
        return Grant(allowance, self._bucket(name, plan.throttle), methods)

    def _bucket(self, name: str, throttle: Throttle | None) -> Bucket | None:
        limit = limit_of(throttle)
        return None if limit is None else self.meter.bucket(name, limit)
