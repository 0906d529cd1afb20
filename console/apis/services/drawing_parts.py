"""What lies beside an API's resources, drawn with it: validators, authorizers, gateway responses.

One that is there keeps its id when it is drawn again, so that the methods that name it go on doing so.
"""

from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any, TypeAlias, TypeVar

from console.apis.drawing import Drawing
from console.apis.models import Authorizer, GatewayResponse, RequestValidator, RestApi
from console.apis.services.authorizers import set_defaults
from console.core.models import Row

# Says what is wrong with a row, as a part of the import's errors, and whether it is right.
K = TypeVar("K", bound=Row)
Check: TypeAlias = Callable[[Row, str], bool]


class DrawnParts:
    """Made with all that is wrong told to `check`; written by `save`."""

    def __init__(self, api: RestApi, drawing: Drawing, check: Check) -> None:
        self.api = api
        self.request_validators = [
            row
            for row in _rows(RequestValidator, "name", api, drawing.request_validators)
            if check(row, f"Unable to create request validator '{row.name}'")
        ]
        self.authorizers = [
            row
            for row in _rows(Authorizer, "name", api, drawing.authorizers)
            if check(_with_defaults(row), f"Unable to create authorizer '{row.name}'")
        ]
        self.gateway_responses = [
            row
            for row in _rows(GatewayResponse, "response_type", api, drawing.gateway_responses)
            if check(row, f"Unable to put gateway response '{row.response_type}'")
        ]

    def request_validator_ids(self) -> dict[str, str]:
        """By name, of those that there will be."""
        there = dict(self.api.request_validators.values_list("name", "pk"))
        return {**there, **{row.name: row.pk for row in self.request_validators}}

    def authorizers_by_name(self) -> dict[str, Authorizer]:
        return {row.name: row for row in (*self.api.authorizers.all(), *self.authorizers)}

    def save(self) -> None:
        for kind, rows in (
            (RequestValidator, self.request_validators),
            (Authorizer, self.authorizers),
            (GatewayResponse, self.gateway_responses),
        ):
            manager = kind._default_manager
            manager.filter(pk__in=[row.pk for row in rows if row.pk is not None]).delete()
            manager.bulk_create(rows)  # type: ignore[arg-type]


def _rows(kind: type[K], key: str, api: RestApi, drafts: Iterable[Any]) -> list[K]:
    there = dict(kind._default_manager.filter(rest_api=api).values_list(key, "pk"))
    rows = [kind(rest_api=api, **asdict(draft)) for draft in drafts]
    for row in rows:
        row.pk = there.get(getattr(row, key), row.pk)
    return rows


def _with_defaults(authorizer: Authorizer) -> Authorizer:
    set_defaults(authorizer)
    return authorizer
