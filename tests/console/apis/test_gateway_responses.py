"""Source: developer guide, "Gateway response types" and "Gateway responses"; behaviours 19 to 23."""

import botocore.session
import pytest

from console.apis import checks, services
from console.core.faults import BadRequest, NotFound
from tests.console.apis.conftest import refused, said, status

pytestmark = pytest.mark.django_db

DEFAULT = {"application/json": '{"message":$context.error.messageString}'}


def put(draw, response_type="UNAUTHORIZED", **more):
    return services.put_gateway_response(draw.actor, rest_api_id=draw.api.pk, response_type=response_type, **more)


def test_the_types_are_those_of_botocore():
    model = botocore.session.get_session().get_service_model("apigateway")
    assert set(checks.GATEWAY_RESPONSES) == set(model.shape_for("GatewayResponseType").enum)


def test_all_types_are_listed_with_what_aws_gives_them(draw, viewer, django_assert_num_queries):
    put(draw, status_code="418")
    with django_assert_num_queries(2 + 2):  # API, responses; the verb's transaction
        found = services.get_gateway_responses(viewer, rest_api_id=draw.api.pk, limit=1)
    assert found.position is None
    listed = {row.response_type: row for row in found.items}
    assert len(listed) == 21
    assert [kind for kind, row in listed.items() if not row.default_response] == ["UNAUTHORIZED"]
    assert {kind: row.status_code for kind, row in listed.items() if row.default_response} == {
        kind: code for kind, code in checks.GATEWAY_RESPONSES.items() if kind != "UNAUTHORIZED"
    }
    assert listed["DEFAULT_4XX"].response_templates == DEFAULT


def test_what_is_put_takes_the_place_of_what_was_there(draw, viewer):
    put(draw, response_parameters={"gatewayresponse.header.X": "'a'"})
    put(draw, status_code="418", response_templates={"text/plain": "no"})
    row = services.get_gateway_response(viewer, rest_api_id=draw.api.pk, response_type="UNAUTHORIZED")
    assert (row.status_code, row.response_parameters, row.response_templates) == ("418", {}, {"text/plain": "no"})
    assert draw.api.gateway_responses.count() == 1


@pytest.mark.parametrize(
    "source",
    [
        "'*.example.domain'",
        "method.request.header.Accept",
        "method.request.querystring.q",
        "method.request.path.petId",
        "context.requestId",
        "context.error.messageString",
        "stageVariables.origin",
    ],
)
def test_a_header_is_a_literal_a_request_parameter_the_context_or_a_stage_variable(draw, source):
    row = put(draw, response_parameters={"gatewayresponse.header.X": source})
    assert row.response_parameters == {"gatewayresponse.header.X": source}


@pytest.mark.parametrize(
    ("target", "source", "named"),
    [
        ("method.response.header.Origin", "'*'", "method.response.header.Origin"),
        ("gatewayresponse.header.X", "test-value", "test-value"),
        ("gatewayresponse.header.X", '"*"', '"*"'),
        ("gatewayresponse.header.X", "integration.response.header.Y", "integration.response.header.Y"),
        ("gatewayresponse.header.X", "method.request.body.a", "method.request.body.a"),
    ],
)
def test_other_mappings_are_refused_in_awss_words(draw, target, source, named):
    with pytest.raises(BadRequest) as refusal:
        put(draw, response_parameters={target: source})
    assert refusal.value.message == (
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : "
        f"[Invalid mapping expression specified: {named}]"
    )


@pytest.mark.parametrize("response_type", ["NO_SUCH_TYPE", ""])
def test_a_type_that_aws_does_not_have_is_refused(draw, response_type):
    with pytest.raises(BadRequest, match="Invalid gateway response type"):
        put(draw, response_type)


def test_a_patch_begins_with_what_aws_has(draw):
    changed = draw.patch(
        services.update_gateway_response,
        ("replace", "/statusCode", "429"),
        ("add", "/responseParameters/gatewayresponse.header.Retry-After", "'1'"),
        ("replace", "/responseTemplates/application~1json", '{"a":$context.error.messageString}'),
        response_type="INVALID_API_KEY",
    )
    changed.refresh_from_db()
    assert changed.status_code == "429"
    assert changed.response_parameters == {"gatewayresponse.header.Retry-After": "'1'"}
    assert changed.response_templates == {"application/json": '{"a":$context.error.messageString}'}


@pytest.mark.parametrize("operation", [("remove", "/statusCode"), ("replace", "/responseType", "X")])
def test_other_patches_are_refused(draw, operation):
    with pytest.raises(BadRequest, match="Invalid patch"):
        draw.patch(services.update_gateway_response, operation, response_type="THROTTLED")
    assert not draw.api.gateway_responses.exists()


def test_what_is_deleted_is_as_aws_has_it_again(draw, viewer):
    put(draw, status_code="418")

    def delete():
        services.delete_gateway_response(draw.actor, rest_api_id=draw.api.pk, response_type="UNAUTHORIZED")

    delete()
    row = services.get_gateway_response(viewer, rest_api_id=draw.api.pk, response_type="UNAUTHORIZED")
    assert (row.default_response, row.status_code) == (True, "401")
    with pytest.raises(NotFound, match="Gateway response type not defined on api"):
        delete()


def test_what_boto3_is_told(boto):
    api = boto.create_rest_api(name="pets")["id"]
    default = said(boto.get_gateway_response(restApiId=api, responseType="MISSING_AUTHENTICATION_TOKEN"))
    assert default == {
        "responseType": "MISSING_AUTHENTICATION_TOKEN",
        "statusCode": "403",
        "responseParameters": {},
        "responseTemplates": DEFAULT,
        "defaultResponse": True,
    }
    assert len(boto.get_gateway_responses(restApiId=api)["items"]) == 21
    put = boto.put_gateway_response(
        restApiId=api,
        responseType="MISSING_AUTHENTICATION_TOKEN",
        statusCode="404",
        responseTemplates={"application/json": '{"hint": "no such path"}'},
    )
    assert (status(put), put["statusCode"], put["defaultResponse"]) == (201, "404", False)
    here = {"restApiId": api, "responseType": "MISSING_AUTHENTICATION_TOKEN"}
    patch = [{"op": "remove", "path": "/responseTemplates/application~1json"}]
    assert boto.update_gateway_response(**here, patchOperations=patch)["responseTemplates"] == {}
    assert status(boto.delete_gateway_response(**here)) == 202
    code, kind, _ = refused(boto.get_gateway_response, restApiId=api, responseType="NO_SUCH_TYPE")
    assert (code, kind) == (400, "ValidationException")
