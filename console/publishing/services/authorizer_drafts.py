"""TestInvokeAuthorizer: an authorizer asked as it is drawn, by a node beside what it serves."""

from collections.abc import Mapping, Sequence

from django.conf import settings

from console.accounts.services import record
from console.apis.services.authorizers import find_authorizer
from console.apis.services.drafts import find_rest_api
from console.core import arns
from console.core.actor import Actor, Role
from console.core.verbs import verb
from console.publishing import builder
from console.publishing.services.asking import answered_by_a_node
from console.stages.services import rules
from dataplane import snapshot


@answered_by_a_node("/internal/test-authorizer", snapshot.AuthorizerDraftResult)
@verb(needs=Role.DEVELOPER)
def test_invoke_authorizer(
    actor: Actor,
    *,
    rest_api_id: str,
    authorizer_id: str,
    headers: Mapping[str, str] | None = None,
    multi_value_headers: Mapping[str, Sequence[str]] | None = None,
    path_with_query_string: str = "",
    body: str = "",
    stage_variables: Mapping[str, str] | None = None,
    additional_context: Mapping[str, str] | None = None,
) -> snapshot.AuthorizerDraft:
    """What a node is handed. That somebody was tested is written down; with which token, is not."""
    api = find_rest_api(rest_api_id)
    authorizer = find_authorizer(api, authorizer_id)
    record(actor, "TestInvokeAuthorizer", arns.apigateway(f"/restapis/{api.pk}/authorizers/{authorizer.pk}"))
    return snapshot.AuthorizerDraft(
        schema_version=snapshot.SCHEMA_VERSION,
        document=builder.authorizer_document(api, authorizer),
        authorizer_id=authorizer.pk,
        path_with_query_string=path_with_query_string,
        headers=dict(headers or {}),
        multi_value_headers={name: list(values) for name, values in (multi_value_headers or {}).items()},
        body=body,
        stage_variables=rules.variables(stage_variables, field="stageVariables"),
        additional_context=dict(additional_context or {}),
        account_id=settings.ACCOUNT_ID,
        region=settings.REGION,
    )
