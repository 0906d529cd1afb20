"""Documents as plain values, for pages that compare them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from console.apis.models import RestApi
from console.core.faults import BadRequest
from console.publishing import builder
from console.publishing.differences import Difference, differences
from console.stages.models import Document, Stage
from dataplane import snapshot

EMPTY: dict[str, Any] = {}
_VARIABLE = re.compile(r"stageVariables\.(\w+)")


def drawn(rest_api_id: str) -> dict[str, Any]:
    """What a deployment made now would freeze. Raises BadRequest when it cannot be deployed."""
    api = RestApi.objects.drawn().get(pk=rest_api_id)
    return dict(msgspec.json.decode(snapshot.encode(builder.api_document(api))))


def frozen(digest: str) -> dict[str, Any]:
    body = Document.objects.values_list("body", flat=True).get(pk=digest)
    return dict(msgspec.json.decode(bytes(body)))


def between(before: str | None, after: str) -> list[Difference]:
    """From one digest to another; None is before everything."""
    if before == after:
        return []
    return differences(frozen(before) if before else EMPTY, frozen(after))


@dataclass(frozen=True, slots=True)
class Pending:
    """What a deployment made now would change, what it would lack, or why there can be none."""

    changes: list[Difference] = field(default_factory=list)
    unset_variables: list[str] = field(default_factory=list)
    refusal: str = ""


def pending(rest_api_id: str, stage: Stage | None) -> Pending:
    try:
        draft = drawn(rest_api_id)
    except BadRequest as fault:
        return Pending(refusal=f"{fault.message}: {fault.field}" if fault.field else fault.message)
    served = frozen(stage.deployment.document_id) if stage else EMPTY
    return Pending(differences(served, draft), unset_variables(draft, stage.variables if stage else {}))


def unset_variables(document: Mapping[str, Any], variables: Mapping[str, str]) -> list[str]:
    """Stage variables that the document uses and the stage does not have."""
    used = _VARIABLE.findall(msgspec.json.encode(document.get("resources", ())).decode())
    return sorted(set(used) - set(variables))
