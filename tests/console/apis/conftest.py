from typing import Any

import pytest
from botocore.exceptions import ClientError

from console.apis import services
from console.core.actor import Actor, Role
from tests.console.stages.boto import client


@pytest.fixture
def developer() -> Actor:
    return Actor(name="dora", role=Role.DEVELOPER, door="wire")


@pytest.fixture
def viewer() -> Actor:
    return Actor(name="vera", role=Role.VIEWER)


class Drawer:
    """The verbs with less to say: one actor, one API, paths for ids."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.api = services.create_rest_api(actor, name="pets")

    def resource(self, path: str):
        found = self.api.resources.filter(path=path).first()
        if found is not None:
            return found
        above, _, part = path.rpartition("/")
        parent = self.resource(above or "/")
        return services.create_resource(self.actor, rest_api_id=self.api.pk, parent_id=parent.pk, path_part=part)

    def at(self, path: str, http_method: str, **more):
        return {
            "rest_api_id": self.api.pk,
            "resource_id": self.resource(path).pk,
            "http_method": http_method,
            **more,
        }

    def method(self, path: str, http_method: str = "GET", **more):
        more.setdefault("authorization_type", "NONE")
        return services.put_method(self.actor, **self.at(path, http_method, **more))

    def mock(self, path: str, http_method: str = "GET", **more):
        self.method(path, http_method)
        return services.put_integration(self.actor, **self.at(path, http_method, type="MOCK", **more))

    def patch(self, verb, *operations, **where):
        found = [dict(zip(("op", "path", "value"), operation, strict=False)) for operation in operations]
        return verb(self.actor, rest_api_id=self.api.pk, patch_operations=found, **where)


@pytest.fixture
def draw(db, developer) -> Drawer:
    return Drawer(developer)


@pytest.fixture
def boto(live_server: Any) -> Any:
    """AWS's client of a developer."""
    return client(live_server.url, Role.DEVELOPER)


def said(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


def status(answer: dict[str, Any]) -> int:
    return answer["ResponseMetadata"]["HTTPStatusCode"]


def refused(call: Any, **kwargs: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(**kwargs)
    answer = error.value.response
    return status(answer), answer["Error"]["Code"], answer["Error"]["Message"]


@pytest.fixture
def unlimited(settings: Any) -> None:
    """As many of each as a test draws."""
    settings.LIMITS = dict.fromkeys(settings.LIMITS, 10**6)
