"""Documents as plain values, for pages that compare them."""

from typing import Any

import msgspec

from console.apis.models import RestApi
from console.core.faults import BadRequest
from console.publishing import builder
from console.publishing.differences import Difference, differences
from console.stages.models import Document
from dataplane import snapshot

EMPTY: dict[str, Any] = {}


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


def pending(rest_api_id: str, served: str | None) -> tuple[list[Difference], str]:
    """What a deployment would change of what `served` names, or why there can be none."""
    try:
        draft = drawn(rest_api_id)
    except BadRequest as fault:
        return [], f"{fault.message}: {fault.field}" if fault.field else fault.message
    return differences(frozen(served) if served else EMPTY, draft), ""
