"""GetSdk: from what a stage serves to the zip, which is waited for."""

import datetime as dt
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from console.apis.openapi import export
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, ServiceUnavailable
from console.core.verbs import verb
from console.core.waiting import a_place
from console.sdks.models import Sdk
from console.sdks.services import generator
from console.sdks.services.builds import missing, wake
from console.sdks.services.types import SdkType, find_sdk_type, values
from console.stages.services.addresses import addresses
from console.stages.services.exports import exported
from console.stages.services.rows import find_stage

WAIT_SECONDS = 25.0  # AWS's clients wait a minute, and try again after 503
_LOOK_SECONDS = 0.2
_VERBS = frozenset(("get", "put", "post", "delete", "options", "head", "patch"))


@dataclass(frozen=True, slots=True)
class Built:
    sdk_type: str
    at: dt.datetime
    body: bytes

    @property
    def file_name(self) -> str:
        """`javascript_2026-02-22_23-52Z.zip`, as AWS names it."""
        return f"{self.sdk_type}_{self.at:%Y-%m-%d_%H-%MZ}.zip"


def get_sdk(
    actor: Actor,
    *,
    rest_api_id: str,
    stage_name: str,
    sdk_type: str,
    parameters: Mapping[str, str] | None = None,
) -> Built:
    """Waits for a worker, outside any transaction. Raises BadRequest with what the generator said, or
    ServiceUnavailable when it takes longer: whoever asks again finds it further on."""
    digest = request_sdk(
        actor, rest_api_id=rest_api_id, stage_name=stage_name, sdk_type=sdk_type, parameters=parameters
    )
    with a_place():
        return _waited_for(digest)


def _waited_for(digest: str) -> Built:
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        state = Sdk.objects.values_list("state", flat=True).get(pk=digest)
        if state in ("SUCCEEDED", "FAILED"):
            return _built(Sdk.objects.get(pk=digest))
        if time.monotonic() > deadline:
            raise ServiceUnavailable(f"The SDK is still being built ({state.lower()}): ask again in a moment")
        time.sleep(_LOOK_SECONDS)


def _built(sdk: Sdk) -> Built:
    if sdk.body is None:
        raise BadRequest(sdk.message)
    return Built(sdk.sdk_type, sdk.created_date, bytes(sdk.body))


@verb(needs=Role.VIEWER, operation="GetSdk")
def request_sdk(
    actor: Actor,
    *,
    rest_api_id: str,
    stage_name: str,
    sdk_type: str,
    parameters: Mapping[str, str] | None = None,
) -> str:
    """Its digest; a worker is told unless it is there already, or under way. One that failed is tried anew."""
    kind = find_sdk_type(sdk_type)
    chosen = values(kind, parameters or {})
    document = _document(rest_api_id, stage_name, kind, chosen)
    if not generator.is_installed():
        raise BadRequest(missing())
    digest = _digest(document, kind, chosen)
    row = {"sdk_type": kind.id, "document": document, "parameters": chosen}
    sdk, is_new = Sdk.objects.get_or_create(pk=digest, defaults=row)
    sdk.seen_date = timezone.now() if sdk.state != "RUNNING" else sdk.seen_date
    failed = sdk.state == "FAILED"
    if failed:
        sdk.state, sdk.attempts = "PENDING", 0
    sdk.put(fields=["seen_date", *(("state", "attempts") if failed else ())])
    if is_new or failed:
        transaction.on_commit(lambda: wake(digest), robust=True)
    return digest


def _document(rest_api_id: str, stage_name: str, kind: SdkType, chosen: Mapping[str, str]) -> dict[str, Any]:
    """With an address that every resolver finds, a version that another deployment of the same does not change, and
    one name for the client of all operations."""
    stage = find_stage(rest_api_id, stage_name)
    host = addresses(rest_api_id, stage_name).path
    said = replace(exported(stage, host=host, base_path=""), version=stage.rest_api.version or "1.0.0")
    document = export.write(said, export.form("oas30", None))
    client = chosen.get(kind.names_client)
    for item in document["paths"].values():
        for name, operation in item.items():
            if name in _VERBS and client:
                operation["tags"] = [client]
    document["paths"] = {path.replace("+}", "}"): item for path, item in document["paths"].items()}
    return document


def _digest(document: dict[str, Any], kind: SdkType, chosen: Mapping[str, str]) -> str:
    whole = json.dumps([kind.id, kind.generator, chosen, document], sort_keys=True)
    return hashlib.sha256(whole.encode()).hexdigest()
