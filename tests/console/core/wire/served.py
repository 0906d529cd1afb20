"""A few operations over a dict, for the tests of the door alone; `urlpatterns` hang them where the console does."""

import datetime as dt
from typing import Any

from django.db import OperationalError
from django.urls import include, path

from console.core.actor import Actor
from console.core.faults import NotFound
from console.core.wire import serve
from console.core.wire.views import urls

calls: list[tuple[str, Actor, dict[str, Any]]] = []
CREATED = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)


def create_rest_api(actor: Actor, **kwargs: Any) -> dict[str, Any]:
    calls.append(("CreateRestApi", actor, kwargs))
    return {"id": "abc", "name": kwargs["name"], "createdDate": CREATED, "description": None}


def import_rest_api(actor: Actor, **kwargs: Any) -> dict[str, Any]:
    calls.append(("ImportRestApi", actor, kwargs))
    return {"id": "imported", "warnings": ["one"]}


def get_rest_api(actor: Actor, *, rest_api_id: str) -> dict[str, Any]:
    if rest_api_id == "broken":
        raise RuntimeError("the secret of the house")
    if rest_api_id == "database":
        raise OperationalError("connection to server at 10.0.0.1 failed")
    raise NotFound(f"Invalid API identifier specified 000000000000:{rest_api_id}")


def get_rest_apis(actor: Actor, **kwargs: Any) -> dict[str, Any]:
    calls.append(("GetRestApis", actor, kwargs))
    return {"items": [{"id": "abc", "createdDate": CREATED}], "position": "next"}


def remember(name: str) -> Any:
    def verb(actor: Actor, **kwargs: Any) -> dict[str, Any]:
        calls.append((name, actor, kwargs))
        return {}

    return verb


def get_export(actor: Actor, **kwargs: Any) -> dict[str, Any]:
    calls.append(("GetExport", actor, kwargs))
    return {"body": b"openapi: 3.0.1", "contentType": "application/yaml", "contentDisposition": "attachment"}


def same(result: dict[str, Any]) -> dict[str, Any]:
    return result


operations = [
    serve("CreateRestApi", create_rest_api, same),
    serve("ImportRestApi", import_rest_api, same),
    serve("GetRestApi", get_rest_api, same),
    serve("GetRestApis", get_rest_apis, same),
    serve("GetExport", get_export, same),
    serve("CreateResource", remember("CreateResource"), same),
    serve("GetResource", remember("GetResource"), same),
    serve("DeleteRestApi", remember("DeleteRestApi")),
    serve("DeleteMethod", remember("DeleteMethod")),
    serve("PutIntegration", remember("PutIntegration"), same),
    serve("TagResource", remember("TagResource")),
    serve("UntagResource", remember("UntagResource")),
]
urlpatterns = [path("api/", include(urls(operations)))]
