"""The door of the wire: who are you, what did you say, call the verb, say it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any, ClassVar, cast

from django.http import HttpResponse
from django.urls import URLPattern, path, re_path
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.schemas.inspectors import ViewInspector
from rest_framework.views import APIView

from console.core.actor import Actor
from console.core.faults import MissingAuthenticationToken, UnknownOperation
from console.core.requests import request_id
from console.core.wire import model
from console.core.wire.operation import Operation
from console.core.wire.received import sent
from console.core.wire.render import Answer
from console.core.wire.schema import WireSchema

METHODS = ("get", "post", "put", "patch", "delete")


class OneForm(BaseContentNegotiation):
    """JSON, whatever is asked for: `Accept` and `format` are inputs of some operations."""

    def select_parser(self, request: Any, parsers: Any) -> Any:
        return parsers[0]

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:
        return renderers[0], renderers[0].media_type


class WireView(APIView):
    """Refuses who does not say who they are, and gives every answer the request's id."""

    http_method_names = list(METHODS)
    schema: ViewInspector | None = None
    content_negotiation_class = OneForm

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        _ = request._request.body  # whole, before anything reads it in part
        super().initial(request, *args, **kwargs)
        if not isinstance(request.auth, Actor):
            raise MissingAuthenticationToken

    @property
    def default_response_headers(self) -> dict[str, str]:
        return {}

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response.headers["x-amzn-RequestId"] = request_id(request._request)
        return super().finalize_response(request, response, *args, **kwargs)


@dataclass(frozen=True, slots=True)
class Offer:
    """An operation of AWS; without `operation`, this version does not serve it."""

    name: str
    address: model.Address
    operation: Operation | None

    def meets(self, request: Request) -> bool:
        wanted = all(request.GET.get(key) == value for key, value in self.address.query)
        return wanted and self.address.method == request.method


class OperationsView(WireView):
    """The operations that share one path: a class of its own per path, made by `urls`."""

    schema = WireSchema()
    offers: ClassVar[tuple[Offer, ...]] = ()  # those that a query singles out first

    def run(self, request: Request, **labels: str) -> HttpResponse:
        offer = next((one for one in self.offers if one.meets(request)), None)
        if offer is None:
            raise MissingAuthenticationToken
        if offer.operation is None:
            raise UnknownOperation(f"The operation {offer.name} is not offered by this version of Stagedoor.")
        named = dict(zip(offer.address.labels, labels.values(), strict=True))
        return _respond(offer.operation(cast(Actor, request.auth), sent(request._request, named)))


class UnknownPathView(WireView):
    """A path that AWS does not know either."""


def urls(operations: Iterable[Operation]) -> list[URLPattern]:
    """A pattern for every path of the model; what is not served says so by its name."""
    served = {operation.name: operation for operation in operations}
    offers = [Offer(name, model.address(model.operation(name)), served.get(name)) for name in model.operation_names()]
    offers.sort(key=lambda offer: (offer.address.shape, -len(offer.address.query)))
    groups = [tuple(group) for _, group in groupby(offers, key=lambda offer: offer.address.shape)]
    return [*(_pattern(group) for group in groups), re_path(r"", UnknownPathView.as_view())]


def _pattern(offers: tuple[Offer, ...]) -> URLPattern:
    """Two operations may call one label by two names (parent_id, resource_id); the path has that of the last."""
    methods = {offer.address.method.lower(): OperationsView.run for offer in offers}
    view = type(f"{offers[-1].name}View", (OperationsView,), {"offers": offers, **methods})
    return path(offers[-1].address.route, cast(type[OperationsView], view).as_view())


def _respond(answer: Answer) -> HttpResponse:
    if isinstance(answer.body, bytes):
        return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers or {}))
    return Response(answer.body, status=answer.status)
