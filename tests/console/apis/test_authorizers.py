"""Source: botocore's `CreateAuthorizer`, API reference ("Patch operations"), texts that AWS's users quote;
behaviours 38 to 41 and 128."""

import json

import pytest

from console.accounts.models import AuditEntry
from console.apis import services
from console.core.faults import AccessDenied, BadRequest, Conflict, LimitExceeded, NotFound
from tests.console.apis.conftest import refused, said, status

pytestmark = pytest.mark.django_db

FUNCTION = "arn:aws:lambda:us-east-1:000000000000:function:check"
URI = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{FUNCTION}/invocations"
POOL = "arn:aws:cognito-idp:us-east-1:000000000000:userpool/us-east-1_aaaaaaaaa"
TOKEN = {"type": "TOKEN", "authorizer_uri": URI, "identity_source": "method.request.header.Auth"}
REQUEST = {**TOKEN, "type": "REQUEST", "identity_source": "method.request.header.Auth, stageVariables.stage"}
COGNITO = {
    "type": "COGNITO_USER_POOLS",
    "provider_arns": [POOL],
    "identity_source": "method.request.header.Authorization",
}
ISSUER = {"issuer": "https://identity.example.com/", "audiences": ["pets"]}
CONFIGURATION = {"issuers": [ISSUER], "defaultAlgorithms": ["RS256"]}
JWT = {"type": "JWT", "identity_source": "method.request.header.Authorization", "jwt_configuration": CONFIGURATION}


def create(draw, name="guard", **more):
    return services.create_authorizer(draw.actor, rest_api_id=draw.api.pk, name=name, **{**TOKEN, **more})


@pytest.mark.parametrize(
    ("given", "auth_type", "ttl"),
    [(TOKEN, "custom", 300), (REQUEST, "custom", 300), (COGNITO, "cognito_user_pools", None), (JWT, "", None)],
)
def test_each_type_has_aws_defaults(draw, viewer, given, auth_type, ttl):
    made = services.create_authorizer(draw.actor, rest_api_id=draw.api.pk, name="guard", **given)
    found = services.get_authorizer(viewer, rest_api_id=draw.api.pk, authorizer_id=made.pk)
    assert (found.type, found.auth_type, found.authorizer_result_ttl_in_seconds) == (given["type"], auth_type, ttl)
    assert found.identity_source == given["identity_source"]
    entry = AuditEntry.objects.latest("id")
    assert (entry.operation, entry.changes) == ("CreateAuthorizer", {"name": "guard", "type": given["type"]})


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"identity_source": "method.request.querystring.key"},
            "Invalid token source expression: method.request.querystring.key. The source must be a method request "
            "header, matching 'method.request.header.[a-zA-Z0-9._-]+'.",
        ),
        (
            {"identity_source": ""},
            "Invalid token source expression: None. The source must be a method request header, matching "
            "'method.request.header.[a-zA-Z0-9._-]+'.",
        ),
        (
            {"authorizer_uri": FUNCTION},
            f"Invalid Authorizer URI: {FUNCTION}. Authorizer URI should be a valid API Gateway ARN that represents a "
            "Lambda function invocation.",
        ),
        (
            {"authorizer_uri": ""},
            "Invalid Authorizer URI: None. Authorizer URI should be a valid API Gateway ARN that represents a Lambda "
            "function invocation.",
        ),
        ({"authorizer_credentials": "role"}, "Invalid ARN specified in the request"),
        (
            {"authorizer_result_ttl_in_seconds": 3601},
            "Invalid authorizer result TTL specified. It must be between 0 and 3600 seconds",
        ),
        ({"identity_validation_expression": "("}, "Invalid identity validation expression: ("),
        (
            {**REQUEST, "identity_source": ""},
            "Identity source must be set if authorizer caching is enabled (TTL is greater than 0)",
        ),
        (
            {**REQUEST, "identity_source": "method.request.header.A,method.request.path.id"},
            "Invalid identity source expression: method.request.path.id",
        ),
        ({**COGNITO, "provider_arns": []}, "A COGNITO_USER_POOLS authorizer needs at least one provider ARN"),
        ({**COGNITO, "provider_arns": [FUNCTION]}, f"Invalid Cognito User Pool ARN: {FUNCTION}"),
        (
            {**COGNITO, "identity_source": "stageVariables.a"},
            "Invalid token source expression: stageVariables.a. The source must be a method request header, matching "
            "'method.request.header.[a-zA-Z0-9._-]+'.",
        ),
    ],
)
def test_what_an_authorizer_of_a_type_needs(draw, given, message):
    with pytest.raises(BadRequest) as refusal:
        create(draw, **given)
    assert refusal.value.message == message
    assert not draw.api.authorizers.exists()


@pytest.mark.parametrize("ttl", [-1, 3601])
def test_results_are_kept_for_an_hour_at_most(draw, ttl):
    with pytest.raises(BadRequest):
        create(draw, authorizer_result_ttl_in_seconds=ttl)
    assert create(draw, authorizer_result_ttl_in_seconds=3600).authorizer_result_ttl_in_seconds == 3600


def test_a_request_needs_no_identity_source_where_nothing_is_cached(draw):
    made = create(draw, type="REQUEST", identity_source="", authorizer_result_ttl_in_seconds=0)
    assert made.identity_source == ""


def test_a_function_may_be_a_stage_variable(draw):
    uri = URI.replace(":check/", ":${stageVariables.guard}/")
    assert create(draw, authorizer_uri=uri).authorizer_uri == uri


def test_a_name_is_used_once(draw):
    create(draw)
    other = create(draw, "other")
    message = "Authorizer name must be unique. Authorizer guard already exists in this RestApi."
    with pytest.raises(BadRequest) as refusal:
        create(draw)
    assert refusal.value.message == message
    with pytest.raises(BadRequest, match="Authorizer name must be unique"):
        draw.patch(services.update_authorizer, ("replace", "/name", "guard"), authorizer_id=other.pk)


def test_an_api_that_is_not_there_is_a_conflict(draw):
    with pytest.raises(Conflict, match="Unable to complete operation due to concurrent modification"):
        services.create_authorizer(draw.actor, rest_api_id="abc123", name="guard", **TOKEN)


def test_every_path_that_aws_lets_patch(draw):
    made = create(draw)
    changed = draw.patch(
        services.update_authorizer,
        ("replace", "/name", "better"),
        ("replace", "/authType", "oauth2"),
        ("replace", "/authorizerCredentials", "arn:aws:iam::000000000000:role/r"),
        ("replace", "/authorizerResultTtlInSeconds", "0"),
        ("replace", "/authorizerUri", URI.replace("check", "other")),
        ("replace", "/identitySource", "method.request.header.X"),
        ("replace", "/identityValidationExpression", "^Bearer [-0-9a-zA-Z._]*$"),
        authorizer_id=made.pk,
    )
    changed.refresh_from_db()
    assert (changed.name, changed.auth_type, changed.authorizer_result_ttl_in_seconds) == ("better", "oauth2", 0)
    assert (changed.identity_source, changed.authorizer_uri) == (
        "method.request.header.X",
        URI.replace("check", "other"),
    )
    assert changed.identity_validation_expression == "^Bearer [-0-9a-zA-Z._]*$"
    assert changed.authorizer_credentials == "arn:aws:iam::000000000000:role/r"


def test_user_pools_are_added_and_removed(draw):
    made = create(draw, **COGNITO)
    second = POOL.replace("aaa", "bbb")
    changed = draw.patch(
        services.update_authorizer,
        ("add", "/providerARNs", second),
        ("remove", "/providerARNs", POOL),
        authorizer_id=made.pk,
    )
    changed.refresh_from_db()
    assert changed.provider_arns == [second]
    with pytest.raises(BadRequest, match="at least one provider ARN"):
        draw.patch(services.update_authorizer, ("remove", "/providerARNs", second), authorizer_id=made.pk)


def test_a_type_is_changed_with_what_it_needs(draw):
    made = create(draw)
    with pytest.raises(BadRequest, match="at least one provider ARN"):
        draw.patch(services.update_authorizer, ("replace", "/type", "COGNITO_USER_POOLS"), authorizer_id=made.pk)
    changed = draw.patch(
        services.update_authorizer,
        ("replace", "/type", "COGNITO_USER_POOLS"),
        ("add", "/providerARNs", POOL),
        authorizer_id=made.pk,
    )
    assert changed.type == "COGNITO_USER_POOLS"


@pytest.mark.parametrize(
    ("authorization_type", "given"),
    [("CUSTOM", TOKEN), ("CUSTOM", REQUEST), ("COGNITO_USER_POOLS", COGNITO), ("JWT", JWT)],
)
def test_a_method_names_an_authorizer_of_its_type(draw, authorization_type, given):
    made = services.create_authorizer(draw.actor, rest_api_id=draw.api.pk, name="guard", **given)
    method = draw.method("/pets", authorization_type=authorization_type, authorizer_id=made.pk)
    assert (method.authorization_type, method.authorizer_id) == (authorization_type, made.pk)
    other = "CUSTOM" if authorization_type != "CUSTOM" else "COGNITO_USER_POOLS"
    for wrong in ({"authorization_type": other, "authorizer_id": made.pk}, {"authorization_type": authorization_type}):
        with pytest.raises(BadRequest) as refusal:
            draw.method("/pets", "POST", **wrong)
        assert refusal.value.message == (
            "Invalid authorizer ID specified. Setting the authorization type to CUSTOM or COGNITO_USER_POOLS requires "
            "a valid authorizer."
        )
    with pytest.raises(Conflict, match="Cannot change authorizer 'guard', is referenced in method: GET//pets"):
        kind = "TOKEN" if authorization_type != "CUSTOM" else "COGNITO_USER_POOLS"
        draw.patch(services.update_authorizer, ("replace", "/type", kind), authorizer_id=made.pk)


def test_an_authorizer_in_use_is_not_deleted_until_its_methods_are_open(draw):
    made = create(draw)
    draw.method("/test", authorization_type="CUSTOM", authorizer_id=made.pk)

    def delete():
        services.delete_authorizer(draw.actor, rest_api_id=draw.api.pk, authorizer_id=made.pk)

    with pytest.raises(Conflict, match=r"^Cannot delete authorizer 'guard', is referenced in method: GET//test$"):
        delete()
    where = draw.at("/test", "GET")
    del where["rest_api_id"]
    changed = draw.patch(services.update_method, ("replace", "/authorizationType", "NONE"), **where)
    assert (changed.authorization_type, changed.authorizer_id) == ("NONE", "")
    delete()
    with pytest.raises(NotFound, match="Invalid Authorizer identifier specified"):
        delete()


def test_there_are_as_many_as_the_limit_says(draw, settings):
    assert settings.LIMITS["authorizers_per_rest_api"] == 10
    for number in range(10):
        create(draw, f"a{number}")
    with pytest.raises(LimitExceeded, match=r"^Maximum number of Authorizers for this API has been reached\."):
        create(draw, "eleventh")


def test_viewers_draw_nothing(draw, viewer):
    with pytest.raises(AccessDenied):
        services.create_authorizer(viewer, rest_api_id=draw.api.pk, name="guard", **TOKEN)


@pytest.mark.parametrize("count", [1, 5])
def test_a_page_costs_the_same_however_many(draw, viewer, count, django_assert_num_queries):
    for number in range(count):
        create(draw, f"a{number}")
    with django_assert_num_queries(2 + 2):  # API, authorizers; the verb's transaction
        found = services.get_authorizers(viewer, rest_api_id=draw.api.pk)
    assert len(found.items) == count


def test_what_boto3_is_told(boto):
    api = boto.create_rest_api(name="pets")["id"]
    made = boto.create_authorizer(
        restApiId=api, name="guard", type="TOKEN", authorizerUri=URI, identitySource="method.request.header.Auth"
    )
    assert status(made) == 201
    assert said(made) == {
        "id": made["id"],
        "name": "guard",
        "type": "TOKEN",
        "authType": "custom",
        "authorizerUri": URI,
        "identitySource": "method.request.header.Auth",
        "authorizerResultTtlInSeconds": 300,
    }
    pool = boto.create_authorizer(
        restApiId=api,
        name="pool",
        type="COGNITO_USER_POOLS",
        providerARNs=[POOL],
        identitySource="method.request.header.Authorization",
    )
    assert (pool["providerARNs"], "authorizerResultTtlInSeconds" in pool) == ([POOL], False)
    here = {"restApiId": api, "authorizerId": made["id"]}
    assert said(boto.get_authorizer(**here)) == said(made)
    assert {item["name"] for item in boto.get_authorizers(restApiId=api)["items"]} == {"guard", "pool"}
    patch = [{"op": "replace", "path": "/authorizerResultTtlInSeconds", "value": "60"}]
    assert boto.update_authorizer(**here, patchOperations=patch)["authorizerResultTtlInSeconds"] == 60
    root = boto.get_resources(restApiId=api)["items"][0]["id"]
    where = {"restApiId": api, "resourceId": root, "httpMethod": "GET"}
    put = boto.put_method(**where, authorizationType="CUSTOM", authorizerId=made["id"])
    assert (put["authorizationType"], put["authorizerId"]) == ("CUSTOM", made["id"])
    assert refused(boto.delete_authorizer, **here) == (
        409,
        "ConflictException",
        "Cannot delete authorizer 'guard', is referenced in method: GET//",
    )
    boto.delete_method(**where)
    assert status(boto.delete_authorizer(**here)) == 202
    code, kind, _ = refused(boto.create_authorizer, restApiId="abc123", name="a", type="TOKEN")
    assert (code, kind) == (409, "ConflictException")


def jwt(draw, issuer=(), name="guard", **more):
    configuration = {**CONFIGURATION, "issuers": [{**ISSUER, **dict(issuer)}]}
    given = {**JWT, "jwt_configuration": configuration, **more}
    return services.create_authorizer(draw.actor, rest_api_id=draw.api.pk, name=name, **given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"jwt_configuration": None}, "needs a jwtConfiguration"),
        ({"jwt_configuration": {**CONFIGURATION, "issuers": []}}, "issuers must be a list of one or more"),
        ({"jwt_configuration": {**CONFIGURATION, "issuers": [ISSUER, ISSUER]}}, "Issuer URLs must be unique"),
        ({"jwt_configuration": {**CONFIGURATION, "defaultAlgorithms": ["HS256"]}}, "defaultAlgorithms must be some of"),
        ({"issuer": {"issuer": "http://identity.example.com"}}, "Invalid issuer specified"),
        ({"issuer": {"issuer": "https://me@identity.example.com"}}, "Invalid issuer specified"),
        ({"issuer": {"issuer": "https://identity.example.com?a"}}, "Invalid issuer specified"),
        ({"issuer": {"audiences": [""]}}, "audiences must be a list of one or more"),
        ({"issuer": {"additionalClaims": [{"claimName": "iss", "format": "SINGLE_STRING"}]}}, "Invalid claim name"),
        ({"issuer": {"additionalClaims": [{"claimName": "a", "format": "S"}]}}, "SINGLE_STRING"),
        ({"issuer": {"additionalClaims": [{"claimName": "a", "format": "SINGLE_STRING"}] * 2}}, "must be unique"),
        ({"identity_source": "method.request.querystring.token"}, "Invalid token source expression"),
        ({"authorizer_uri": URI}, "authorizerUri is not supported for JWT authorizers"),
        ({"authorizer_result_ttl_in_seconds": 0}, "authorizerResultTtlInSeconds is not supported for JWT authorizers"),
    ],
)
def test_what_a_jwt_authorizer_needs(draw, given, message):
    with pytest.raises(BadRequest, match=message):
        jwt(draw, **given)


def test_a_jwt_configuration_is_replaced_as_a_whole(draw):
    made = jwt(draw, {"additionalClaims": [{"claimName": "tenant", "format": "SINGLE_STRING", "required": True}]})
    whole = {"issuers": [{**ISSUER, "odd": 1}], "defaultAlgorithms": ["ES256"], "odd": 1}
    changed = draw.patch(
        services.update_authorizer, ("replace", "/jwtConfiguration", json.dumps(whole)), authorizer_id=made.pk
    )
    changed.refresh_from_db()
    assert changed.jwt_configuration == {"issuers": [ISSUER], "defaultAlgorithms": ["ES256"]}
    for wrong in ("", "{}", "[]", json.dumps({**whole, "issuers": [{**ISSUER, "audiences": ["\0"]}]})):
        with pytest.raises(BadRequest):
            draw.patch(services.update_authorizer, ("replace", "/jwtConfiguration", wrong), authorizer_id=made.pk)


def test_a_type_becomes_jwt_and_another_again(draw):
    made = create(draw)
    changed = draw.patch(
        services.update_authorizer,
        ("replace", "/type", "JWT"),
        ("replace", "/jwtConfiguration", json.dumps(CONFIGURATION)),
        authorizer_id=made.pk,
    )
    assert (changed.authorizer_uri, changed.authorizer_result_ttl_in_seconds) == ("", None)
    changed = draw.patch(
        services.update_authorizer,
        ("replace", "/type", "TOKEN"),
        ("replace", "/authorizerUri", URI),
        authorizer_id=made.pk,
    )
    assert (changed.jwt_configuration, changed.authorizer_result_ttl_in_seconds) == (None, 300)


def test_boto3_is_told_a_jwt_configuration(boto):
    api = boto.create_rest_api(name="pets")["id"]
    source = "method.request.header.Authorization"
    made = boto.create_authorizer(
        restApiId=api, name="jwt", type="JWT", identitySource=source, jwtConfiguration=CONFIGURATION
    )
    assert said(made) == {
        "id": made["id"],
        "name": "jwt",
        "type": "JWT",
        "identitySource": source,
        "jwtConfiguration": CONFIGURATION,
    }
