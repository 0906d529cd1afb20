"""What several stories begin with, and how they write a patch."""

from dataclasses import dataclass
from typing import Any

from tests.parity.walk import Call


def patch(*operations: tuple[str, ...]) -> list[dict[str, str]]:
    """("replace", "/name", "cats"); a copy's third is where it is from."""
    return [dict(zip(("op", "path", "from" if op[0] == "copy" else "value"), op, strict=False)) for op in operations]


@dataclass(frozen=True, slots=True)
class Drawn:
    """GET /pets, answered by a mock."""

    api: str
    root: str
    pets: str

    @property
    def method(self) -> dict[str, str]:
        return {"restApiId": self.api, "resourceId": self.pets, "httpMethod": "GET"}


def draw(call: Call, **given: Any) -> Drawn:
    api = call("CreateRestApi", name="pets", **given)
    pets = call("CreateResource", restApiId=api["id"], parentId=api["rootResourceId"], pathPart="pets")["id"]
    drawn = Drawn(api["id"], api["rootResourceId"], pets)
    templates = {"application/json": '{"statusCode": 200}'}
    call("PutMethod", **drawn.method, authorizationType="NONE")
    call("PutMethodResponse", **drawn.method, statusCode="200")
    call("PutIntegration", **drawn.method, type="MOCK", requestTemplates=templates)
    call("PutIntegrationResponse", **drawn.method, statusCode="200", selectionPattern="")
    return drawn


def deploy(call: Call, stage: str = "dev") -> tuple[Drawn, str]:
    drawn = draw(call)
    return drawn, call("CreateDeployment", restApiId=drawn.api, stageName=stage)["id"]


def arn(path: str) -> str:
    return f"arn:aws:apigateway:us-east-1::{path}"
