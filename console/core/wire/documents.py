"""The admin API's OpenAPI document and the page that shows it: for those who say who they are, or for everybody."""

from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request

from console.core.actor import Actor
from console.core.faults import MissingAuthenticationToken
from console.core.htmx import sign_in_first


def _is_shown(request: Request) -> bool:
    return settings.PUBLIC_SCHEMA or isinstance(request.auth, Actor)


class SchemaView(SpectacularAPIView):
    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not _is_shown(request):
            raise MissingAuthenticationToken


class SchemaPage(SpectacularSwaggerSplitView):
    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _is_shown(request):
            return sign_in_first(request._request)
        shown: HttpResponse = super().get(request, *args, **kwargs)  # type: ignore[no-untyped-call]
        return shown
