"""The OpenAPI document of the admin API, and schemathesis, which asks the server whether it is true."""

from collections.abc import Mapping
from typing import Any

import pytest
import requests
import schemathesis
from botocore import xform_name
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from console.accounts.services import NewAccessKey
from console.core.actor import Role
from tests.console.people import browser
from tests.parity.operations import OURS, SERVED
from tests.parity.server import REGION, Server, key_of
from tests.parity.stories.domains import BALANCER
from tests.parity.stories.drawn import arn, deploy

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLES = 4  # of each operation; with 30 it was 3600 calls and no finding
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# Another body of the same address (console/core/wire/schema.py); and what waits for workers and nodes, of which
# there are none here.
NOT_DESCRIBED = {"ImportRestApi", "ImportApiKeys", "ImportDocumentationParts"}
WAITING = {"GetSdk", "TestInvokeAuthorizer", "TestInvokeMethod"}


class Signed(requests.auth.AuthBase):
    """SigV4, as botocore signs: after everything else of the request is known."""

    def __init__(self, key: NewAccessKey) -> None:
        self.signer = SigV4Auth(Credentials(key.row.id, key.secret), "apigateway", REGION)

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        signed = AWSRequest(request.method, request.url, data=request.body or b"")
        self.signer.add_auth(signed)
        request.headers.update(signed.headers.items())
        return request


@pytest.fixture
def document(db: None) -> dict[str, Any]:
    found: dict[str, Any] = browser(Role.VIEWER).get("/api/schema/", headers={"Accept": "application/json"}).json()
    return found


def described(document: Mapping[str, Any]) -> set[str]:
    return {one["operationId"] for item in document["paths"].values() for one in item.values() if isinstance(one, dict)}


def test_it_names_every_operation_that_is_served_as_aws_does(document: dict[str, Any]):
    validate(document)
    shared = {name for name in NOT_DESCRIBED if name not in described(document)}
    assert described(document) | shared == SERVED | OURS


def known(client: Any) -> dict[str, str]:
    """What is there, by the name that paths call it by."""
    drawn, deployment = deploy(lambda name, /, **given: getattr(client, xform_name(name))(**given))
    api = {"restApiId": drawn.api}
    plan = client.create_usage_plan(name="plan")["id"]
    key = client.create_api_key(name="key", enabled=True)["id"]
    client.create_usage_plan_key(usagePlanId=plan, keyId=key, keyType="API_KEY")
    client.create_domain_name(domainName="api.example.com", endpointConfiguration={"types": ["REGIONAL"]})
    client.create_base_path_mapping(domainName="api.example.com", basePath="pets", stage="dev", **api)
    client.create_documentation_version(documentationVersion="1", **api)
    location = {"type": "API"}
    return {
        "restapi_id": drawn.api,
        "resource_id": drawn.pets,
        "http_method": "GET",
        "status_code": "200",
        "stage_name": "dev",
        "deployment_id": deployment,
        "model_name": "Empty",
        "api_Key": key,
        "usageplanId": plan,
        "keyId": key,
        "domain_name": "api.example.com",
        "base_path": "pets",
        "resource_arn": arn(f"/restapis/{drawn.api}"),
        "response_type": "DEFAULT_4XX",
        "export_type": "oas30",
        "doc_version": "1",
        "clientcertificate_id": client.generate_client_certificate()["clientCertificateId"],
        "vpclink_id": client.create_vpc_link(name="link", targetArns=[BALANCER])["id"],
        "requestvalidator_id": client.create_request_validator(name="all", **api)["id"],
        "authorizer_id": client.create_authorizer(
            name="pool",
            type="COGNITO_USER_POOLS",
            identitySource="method.request.header.Authorization",
            providerARNs=["arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_abc"],
            **api,
        )["id"],
        "part_id": client.create_documentation_part(location=location, properties="{}", **api)["id"],
    }


def test_schemathesis_finds_no_failure_and_no_answer_outside_the_document(document: dict[str, Any], live_server: Any):
    server, key = Server(live_server.url), key_of(Role.ADMIN)
    there, auth = known(server.boto(key)), Signed(key)
    operations = [one.ok() for one in schemathesis.openapi.from_dict(document).get_all_operations()]
    tested = [one for one in operations if one.definition.raw["operationId"] not in WAITING]
    # What takes away comes last, and leaves before what they hang on: the others find what they ask for.
    for operation in sorted(tested, key=lambda one: (one.method.upper() == "DELETE", -one.path.count("/"))):
        check(operation, there, auth, live_server.url)


def check(operation: Any, there: dict[str, str], auth: Signed, url: str) -> None:
    @settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(), is_known=st.sampled_from([True, True, True, False]))
    def answers(case: Any, is_known: bool) -> None:
        if is_known:
            case.path_parameters = {name: there.get(name, given) for name, given in case.path_parameters.items()}
        case.call_and_validate(base_url=url, checks=CHECKS, auth=auth)

    answers()
