"""The demo: a PetStore API, imported from an OpenAPI document and deployed to `dev`, and its small backend."""

from pathlib import Path

from django.conf import settings
from django.db import transaction

from console.accounts.models import User
from console.apis.services import import_rest_api
from console.core.actor import SYSTEM
from console.publishing.services import create_deployment
from console.stages.models import Stage
from console.stages.services import update_stage

STAGE = "dev"
DOCUMENT = Path(__file__).with_name("petstore.yaml")


def prepare(*, wanted: bool | None) -> str | None:
    """The demo API's id, or None where there is no demo to run.

    `wanted` None: made in a new database only, so that one that was deleted stays deleted.
    """
    if wanted is False:
        return None
    kept = _kept()
    if kept is None and (wanted or not User.objects.exists()):
        return _make()
    if kept is not None:
        _point_to_backend(kept)
    return kept


def path(api_id: str) -> str:
    return f"/restapis/{api_id}/{STAGE}/_user_request_/pets"


def _note() -> Path:
    return Path(settings.HOME) / "demo"


def _kept() -> str | None:
    try:
        api_id = _note().read_text().strip()
    except FileNotFoundError:
        return None
    return api_id if Stage.objects.filter(rest_api_id=api_id, stage_name=STAGE).exists() else None


@transaction.atomic
def _make() -> str:
    api = import_rest_api(SYSTEM, body=DOCUMENT.read_bytes(), fail_on_warnings=True).rest_api
    create_deployment(
        SYSTEM,
        rest_api_id=api.id,
        stage_name=STAGE,
        description="The demo that came with the house",
        variables={"backend": _backend()},
    )
    _note().write_text(f"{api.id}\n")
    return api.id


def _backend() -> str:
    return f"127.0.0.1:{settings.DEMO_PORT}"


def _point_to_backend(api_id: str) -> None:
    """After a start with another STAGEDOOR_DEMO_PORT; a backend of the user's own is left alone."""
    stage = Stage.objects.get(rest_api_id=api_id, stage_name=STAGE)
    now = stage.variables.get("backend", "")
    if now != _backend() and now.startswith("127.0.0.1:"):
        operation = {"op": "replace", "path": "/variables/backend", "value": _backend()}
        update_stage(SYSTEM, rest_api_id=api_id, stage_name=STAGE, patch_operations=[operation])
