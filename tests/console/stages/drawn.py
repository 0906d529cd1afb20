"""APIs drawn and deployed, for the tests of the rooms above."""

from console.apis.models import Integration, IntegrationResponse, Method, MethodResponse, Resource, RestApi
from console.core.actor import Actor, Role
from console.publishing.services import create_deployment
from console.stages.models import Deployment

DEPLOYER = Actor(name="dora", role=Role.DEPLOYER)
DEVELOPER = Actor(name="dev", role=Role.DEVELOPER)


def rest_api(name: str = "pets", **fields: object) -> RestApi:
    """One with a root and nothing else."""
    row = RestApi(name=name, **fields)
    row.put()
    Resource(rest_api=row, path="/").put()
    return row


def resource(api: RestApi, part: str, parent: Resource | None = None) -> Resource:
    parent = parent or api.resources.get(path="/")
    row = Resource(rest_api=api, parent=parent, path_part=part, path=parent.path_below(part))
    row.put()
    return row


def method(where: Resource, http_method: str = "GET", **fields: object) -> Method:
    row = Method(resource=where, http_method=http_method, **fields)
    row.put()
    return row


def mock(of: Method, status: int = 200) -> Integration:
    row = Integration(method=of, type="MOCK", request_templates={"application/json": f'{{"statusCode": {status}}}'})
    row.put()
    MethodResponse(method=of, status_code=str(status)).put()
    IntegrationResponse(integration=row, status_code=str(status)).put()
    return row


def pets() -> RestApi:
    """GET /pets answers 200 of itself."""
    api = rest_api()
    mock(method(resource(api, "pets")))
    return api


def redraw(api: RestApi, status: int) -> None:
    """GET /pets answers otherwise: the next deployment has another digest."""
    Integration.objects.filter(method__resource__rest_api=api).update(
        request_templates={"application/json": f'{{"statusCode": {status}}}'}
    )


def deploy(api: RestApi, stage_name: str | None = "dev", *, status: int | None = None, **given: object) -> Deployment:
    if status is not None:
        redraw(api, status)
    return create_deployment(DEPLOYER, rest_api_id=api.pk, stage_name=stage_name, **given)
