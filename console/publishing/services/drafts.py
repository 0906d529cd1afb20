"""TestInvokeMethod: one request through a method as it is drawn, run by a node beside what it serves."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from console.accounts.services import record
from console.apis.models import Method, RestApi
from console.apis.services.drafts import find_method, find_rest_api, method_path
from console.core import arns
from console.core.actor import Actor, Role
from console.core.faults import BadRequest, NotFound
from console.core.verbs import verb
from console.domains.models import ClientCertificate
from console.publishing import builder
from console.publishing.services.asking import answered_by_a_node
from console.stages.services import rules
from dataplane import snapshot


@answered_by_a_node("/internal/test", snapshot.DraftResult)
@verb(needs=Role.DEVELOPER)
def test_invoke_method(
    actor: Actor,
    *,
    rest_api_id: str,
    resource_id: str,
    http_method: str,
    path_with_query_string: str = "",
    body: str = "",
    headers: Mapping[str, str] | None = None,
    multi_value_headers: Mapping[str, Sequence[str]] | None = None,
    client_certificate_id: str = "",
    stage_variables: Mapping[str, str] | None = None,
) -> snapshot.DraftRequest:
    """What a node is handed. That somebody called a backend is written down; with what, is not."""
    api = find_rest_api(rest_api_id)
    method = _method(api, resource_id, http_method)
    _check_certificate(client_certificate_id)
    record(actor, "TestInvokeMethod", arns.apigateway(method_path(method)))
    return snapshot.DraftRequest(
        schema_version=snapshot.SCHEMA_VERSION,
        document=builder.method_document(api, method),
        resource_id=resource_id,
        http_method=http_method,
        path_with_query_string=path_with_query_string or _plain_path(method),
        body=body,
        headers=dict(headers or {}),
        multi_value_headers={name: list(values) for name, values in (multi_value_headers or {}).items()},
        stage_variables=rules.variables(stage_variables, field="stageVariables"),
        account_id=settings.ACCOUNT_ID,
        region=settings.REGION,
    )


def _method(api: RestApi, resource_id: str, http_method: str) -> Method:
    """The resource's own, or its ANY."""
    try:
        return find_method(api, resource_id, http_method)
    except NotFound:
        if not api.resources.filter(pk=resource_id, methods__http_method="ANY").exists():
            raise
    return find_method(api, resource_id, "ANY")


def _plain_path(method: Method) -> str:
    """Nothing is made up for path parameters: without a path they are empty."""
    return "" if "{" in method.resource.path else method.resource.path


def _check_certificate(client_certificate_id: str) -> None:
    if not client_certificate_id:
        return
    if not ClientCertificate.objects.filter(pk=client_certificate_id).exists():
        raise NotFound("Invalid client certificate identifier specified", field="clientCertificateId")
    raise BadRequest("Client certificates are not shown to backends by this version", field="clientCertificateId")
