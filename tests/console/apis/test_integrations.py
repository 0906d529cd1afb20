"""Source: API reference (PutIntegration and its responses), the data mapping reference, behaviours 68, 80, 125."""

import pytest

from console.apis import services, wire
from console.apis.models import Integration, IntegrationResponse
from console.core.faults import BadRequest, NotFound

pytestmark = pytest.mark.django_db

LAMBDA = (
    "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/"
    "arn:aws:lambda:us-east-1:000000000000:function:f/invocations"
)


def put(draw, type="HTTP", **more):
    if type != "MOCK":
        more.setdefault("integration_http_method", "GET")
        more.setdefault("uri", "http://backend.example/pets")
    return services.put_integration(draw.actor, **draw.at("/pets", "GET", type=type, **more))


@pytest.fixture
def pets(draw):
    draw.method("/pets", "GET", request_parameters={"method.request.querystring.page": False})
    return draw


def test_what_is_not_said_gets_awss_defaults(pets):
    made = put(pets)
    assert made.cache_namespace == pets.resource("/pets").pk
    assert (made.cache_key_parameters, made.passthrough_behavior) == ([], "WHEN_NO_MATCH")
    assert (made.timeout_in_millis, made.connection_type) == (29_000, "INTERNET")


@pytest.mark.parametrize(("given", "kept"), [(None, None), ({}, False), ({"insecureSkipVerification": True}, True)])
def test_a_tls_config_that_says_no_is_kept_apart_from_none(pets, given, kept):
    made = put(pets, tls_config=given)
    made.refresh_from_db()
    assert made.insecure_skip_verification is kept


def test_what_the_method_has_lost_since_does_not_stand_in_an_update_s_way(pets):
    page = "method.request.querystring.page"
    put(pets, cache_key_parameters=[page], request_parameters={"integration.request.querystring.p": page})
    where = {"resource_id": pets.resource("/pets").pk, "http_method": "GET"}
    pets.patch(services.update_method, ("remove", f"/requestParameters/{page}"), **where)
    changed = pets.patch(services.update_integration, ("replace", "/timeoutInMillis", "1000"), **where)
    assert changed.cache_key_parameters == [page]
    with pytest.raises(BadRequest, match="Invalid cache key parameter specified"):
        pets.patch(services.update_integration, ("add", "/cacheKeyParameters/method.request.header.x"), **where)


@pytest.mark.parametrize(
    "uri",
    [
        "https://backend.example",
        "http://backend.example:8080/pets/{id}?x=${stageVariables.x}",
        "http://${stageVariables.host}/pets",
        "http://${stageVariables.host}:${stageVariables.port}/",
        "http://10.0.0.1/{proxy}",
        "https://[::1]:8443/x",
    ],
)
def test_endpoints_that_aws_takes(pets, uri):
    assert put(pets, uri=uri).uri == uri


@pytest.mark.parametrize(
    "uri",
    [
        "",
        "backend.example",
        "ftp://x/",
        "http://",
        "http:///pets",
        "http://a b/",
        "http://x:port/",
        "https://x:0/",
        LAMBDA,
    ],
)
def test_endpoints_that_aws_refuses(pets, uri):
    with pytest.raises(BadRequest, match="Invalid HTTP endpoint specified for URI"):
        put(pets, uri=uri)


@pytest.mark.parametrize("kind", ["AWS", "AWS_PROXY"])
def test_a_service_is_named_by_its_arn(pets, kind):
    assert put(pets, kind, uri=LAMBDA, integration_http_method="POST").uri == LAMBDA
    with pytest.raises(BadRequest, match="Invalid ARN specified in the request"):
        put(pets, kind, uri="http://backend.example")
    with pytest.raises(BadRequest, match="must contain path or action"):
        put(pets, kind, uri="arn:aws:apigateway:us-east-1:sqs:queue/x")


@pytest.mark.parametrize(
    "uri",
    [
        "arn:aws:apigateway:us-east-1:sqs:path/123456789012/queue",
        "arn:aws:apigateway:us-gov-west-1:bucket.s3:path/{key}",
        "arn:aws:apigateway:us-east-1:dynamodb:action/PutItem",
        "arn:aws:apigateway:${stageVariables.region}:${stageVariables.service}:path/x",
        LAMBDA.replace("pets", "${stageVariables.fn}"),
    ],
)
def test_services_that_aws_takes(pets, uri):
    assert put(pets, "AWS", uri=uri).uri == uri


@pytest.mark.parametrize("uri", ["arn:aws:apigateway::sqs:path/x", "arn:aws:apigateway:mars:sqs:path/x", "x"])
def test_an_arn_names_a_region(pets, uri):
    with pytest.raises(BadRequest, match="Invalid ARN specified in the request"):
        put(pets, "AWS", uri=uri)


@pytest.mark.parametrize("rest", ["sqs:path/x", "lambda:path/2015-03-31/functions/", "firehose:action/PutRecord"])
def test_a_proxy_of_aws_is_for_functions(pets, rest):
    with pytest.raises(BadRequest, match="currently only supports Lambda function and Firehose stream invocations"):
        put(pets, "AWS_PROXY", uri=f"arn:aws:apigateway:us-east-1:{rest}")


@pytest.mark.parametrize(
    "arn",
    [
        "",
        "arn:aws:iam::123456789012:role/gateway",
        "arn:aws-cn:iam::123456789012:role/path/gateway",
        "arn:aws:iam::${stageVariables.account}:role/gateway",
        "arn:aws:iam::*:user/*",
    ],
)
def test_credentials_that_aws_takes(pets, arn):
    assert put(pets, "AWS", uri=LAMBDA, credentials=arn).credentials == arn


@pytest.mark.parametrize("arn", ["gateway", "arn:aws:iam::1:role/x", "arn:aws:iam::123456789012:user/ada"])
def test_credentials_that_aws_refuses(pets, arn):
    with pytest.raises(BadRequest, match="Invalid ARN specified in the request") as refused:
        put(pets, "AWS", uri=LAMBDA, credentials=arn)
    assert refused.value.field == "credentials"


STREAMED = LAMBDA.replace("2015-03-31", "2021-11-15").replace("/invocations", "/response-streaming-invocations")


def test_a_proxy_may_stream_for_a_quarter_of_an_hour(pets):
    made = put(pets, "HTTP_PROXY", response_transfer_mode="STREAM", timeout_in_millis=900_000)
    assert (made.response_transfer_mode, made.timeout_in_millis) == ("STREAM", 900_000)
    with pytest.raises(BadRequest, match="Timeout should be between 50 ms and 900000 ms"):
        put(pets, "HTTP_PROXY", response_transfer_mode="STREAM", timeout_in_millis=900_001)


def test_a_function_streams_by_a_uri_of_its_own(pets):
    assert put(pets, "AWS_PROXY", uri=STREAMED, response_transfer_mode="STREAM").uri == STREAMED
    for uri, mode in ((STREAMED, "BUFFERED"), (LAMBDA, "STREAM")):
        with pytest.raises(BadRequest, match="A URI of response-streaming-invocations, and no other"):
            put(pets, "AWS_PROXY", uri=uri, response_transfer_mode=mode)


def test_the_mode_is_patched_and_shown_where_it_is_not_the_usual_one(pets):
    made = put(pets, "HTTP_PROXY")
    assert wire.integration(made)["responseTransferMode"] is None
    where = pets.at("/pets", "GET")
    where.pop("rest_api_id")
    streams = pets.patch(services.update_integration, ("replace", "/responseTransferMode", "STREAM"), **where)
    assert wire.integration(streams)["responseTransferMode"] == "STREAM"


@pytest.mark.parametrize("kind", ["HTTP", "HTTP_PROXY", "AWS", "AWS_PROXY"])
def test_only_a_mock_needs_no_verb(pets, kind):
    with pytest.raises(BadRequest, match="Enumeration value for HttpMethod must be non-empty"):
        put(pets, kind, integration_http_method="")
    assert put(pets, "MOCK").uri == ""


@pytest.mark.parametrize(("millis", "ok"), [(49, False), (50, True), (29_000, True), (29_001, False)])
def test_a_timeout_is_50_ms_to_29_s(pets, millis, ok):
    if ok:
        assert put(pets, timeout_in_millis=millis).timeout_in_millis == millis
    else:
        with pytest.raises(BadRequest, match="Timeout should be between 50 ms and 29000 ms"):
            put(pets, timeout_in_millis=millis)


@pytest.mark.parametrize(
    "source",
    [
        "method.request.querystring.page",
        "method.request.multivaluequerystring.page",
        "method.request.body",
        "method.request.body.pets[0].name",
        "context.identity.sourceIp",
        "stageVariables.color",
        "'a literal'",
        "''",
    ],
)
def test_sources_that_aws_maps(pets, source):
    mapping = {"integration.request.header.X-From": source}
    assert put(pets, request_parameters=mapping).request_parameters == mapping


@pytest.mark.parametrize(
    ("destination", "source", "said"),
    [
        ("integration.request.header.X", "method.request.querystring.other", "expression parameter specified"),
        ("integration.request.header.X", "method.request.header.page", "expression parameter specified"),
        ("integration.request.header.X", "method.request.cookie.page", "Invalid mapping expression specified: method"),
        ("integration.request.header.X", "literal", "Invalid mapping expression specified: literal"),
        ("integration.request.header.X", "'open", "Invalid mapping expression specified: 'open"),
        ("integration.request.body.X", "'x'", "Invalid mapping expression specified: integration.request.body.X"),
        ("integration.request.header.X Y", "'x'", "Parameter name should match"),
        ("header.X", "'x'", "Invalid mapping expression specified: header.X"),
    ],
)
def test_mappings_that_aws_refuses(pets, destination, source, said):
    with pytest.raises(BadRequest, match=said) as refusal:
        put(pets, request_parameters={destination: source})
    assert refusal.value.message.startswith(
        "Invalid mapping expression specified: Validation Result: warnings : [], errors : ["
    )


def test_a_cache_key_is_a_parameter_of_the_method(pets):
    assert put(pets, cache_key_parameters=["method.request.querystring.page"]).cache_key_parameters
    with pytest.raises(BadRequest, match="Invalid cache key"):
        put(pets, cache_key_parameters=["method.request.querystring.other"])


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"passthrough_behavior": "ALWAYS"}, "Invalid passthrough behavior"),
        ({"content_handling": "CONVERT"}, "Invalid content handling"),
        ({"connection_type": "VPC_LINK"}, "connectionId"),
        ({"request_templates": {"application/json": "x" * (300 * 1024 + 1)}}, "300 KB"),
        ({"response_transfer_mode": "TRICKLE"}, "Invalid response transfer mode specified"),
        ({"response_transfer_mode": "STREAM"}, "responseTransferMode STREAM is for proxy integrations only"),
        ({"integration_target": "arn:aws:elasticloadbalancing:x"}, "integrationTarget is for VPC links"),
        ({"type": "LAMBDA"}, "Invalid integration type specified: LAMBDA"),
    ],
)
def test_what_aws_refuses(pets, more, said):
    with pytest.raises(BadRequest, match=said):
        put(pets, **more)
    assert not Integration.objects.filter(method__resource__rest_api=pets.api).exists()


def test_a_second_put_takes_the_place_of_the_first_and_its_responses(pets, developer):
    put(pets)
    services.put_integration_response(developer, **pets.at("/pets", "GET", status_code="200"))
    put(pets, "MOCK")
    found = services.get_integration(developer, **pets.at("/pets", "GET"))
    assert (found.type, list(found.responses.all())) == ("MOCK", [])


def test_every_path_that_aws_lets_patch(pets):
    put(pets)
    where = pets.at("/pets", "GET")
    where.pop("rest_api_id")
    changed = pets.patch(
        services.update_integration,
        ("replace", "/uri", "http://other.example/{x}"),
        ("replace", "/httpMethod", "POST"),
        ("replace", "/timeoutInMillis", "1000"),
        ("replace", "/passthroughBehavior", "NEVER"),
        ("replace", "/contentHandling", "CONVERT_TO_TEXT"),
        ("replace", "/credentials", "arn:aws:iam::000000000000:role/r"),
        ("replace", "/cacheNamespace", "shared"),
        ("add", "/cacheKeyParameters/method.request.querystring.page"),
        ("add", "/requestParameters/integration.request.path.x", "method.request.querystring.page"),
        ("add", "/requestTemplates/application~1json", "{}"),
        ("replace", "/tlsConfig/insecureSkipVerification", "true"),
        **where,
    )
    changed.refresh_from_db()
    assert (changed.uri, changed.http_method, changed.timeout_in_millis) == ("http://other.example/{x}", "POST", 1000)
    assert (changed.passthrough_behavior, changed.content_handling) == ("NEVER", "CONVERT_TO_TEXT")
    assert (changed.cache_namespace, changed.insecure_skip_verification) == ("shared", True)
    assert changed.cache_key_parameters == ["method.request.querystring.page"]
    assert changed.request_parameters == {"integration.request.path.x": "method.request.querystring.page"}
    assert changed.request_templates == {"application/json": "{}"}
    changed = pets.patch(
        services.update_integration,
        ("remove", "/requestTemplates/application~1json"),
        ("remove", "/cacheKeyParameters/method.request.querystring.page"),
        ("replace", "/contentHandling", ""),
        **where,
    )
    assert (changed.request_templates, changed.cache_key_parameters, changed.content_handling) == ({}, [], "")


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (("replace", "/timeoutInMillis", "30000"), "Timeout should be"),
        (("replace", "/uri", "nowhere"), "Invalid HTTP endpoint"),
        (("add", "/uri", "http://x"), "Invalid patch operation"),
        (("replace", "/integrationResponses/200", "x"), "Invalid patch path"),
    ],
)
def test_a_patch_that_aws_refuses_changes_nothing(pets, operation, said):
    put(pets)
    where = pets.at("/pets", "GET")
    where.pop("rest_api_id")
    with pytest.raises(BadRequest, match=said):
        pets.patch(services.update_integration, ("replace", "/httpMethod", "PUT"), operation, **where)
    assert services.get_integration(pets.actor, **pets.at("/pets", "GET")).http_method == "GET"


def test_deleting_an_integration_leaves_the_method(pets, developer):
    put(pets)
    services.delete_integration(developer, **pets.at("/pets", "GET"))
    assert services.get_method(developer, **pets.at("/pets", "GET")).method_integration is None


class TestIntegrationResponses:
    @pytest.fixture
    def answered(self, pets, developer):
        put(pets)
        services.put_method_response(
            developer,
            **pets.at("/pets", "GET", status_code="200"),
            response_parameters={"method.response.header.ETag": False},
        )
        return pets

    @pytest.mark.parametrize(
        "source",
        [
            "integration.response.header.ETag",
            "integration.response.multivalueheader.ETag",
            "integration.response.body.meta.version",
            "context.requestId",
            "'fixed'",
        ],
    )
    def test_a_declared_header_is_mapped(self, answered, developer, source):
        mapping = {"method.response.header.ETag": source}
        made = services.put_integration_response(
            developer, **answered.at("/pets", "GET", status_code="200", response_parameters=mapping)
        )
        assert made.response_parameters == mapping

    @pytest.mark.parametrize(
        ("status", "target", "source", "said"),
        [
            ("200", "method.response.header.Other", "'x'", "parameter specified: method.response.header.Other"),
            ("200", "method.response.header.ETag", "method.request.header.ETag", "specified: method.request.header"),
            ("404", "method.response.header.ETag", "'x'", "No method response exists for method."),
        ],
    )
    def test_what_aws_refuses(self, answered, developer, status, target, source, said):
        with pytest.raises(BadRequest, match=said):
            services.put_integration_response(
                developer, **answered.at("/pets", "GET", status_code=status, response_parameters={target: source})
            )

    def test_a_second_default_is_refused(self, answered, developer):
        services.put_integration_response(developer, **answered.at("/pets", "GET", status_code="200"))
        with pytest.raises(BadRequest, match="default"):
            services.put_integration_response(developer, **answered.at("/pets", "GET", status_code="500"))
        made = services.put_integration_response(
            developer, **answered.at("/pets", "GET", status_code="500", selection_pattern=r"5\d{2}")
        )
        assert made.selection_pattern == r"5\d{2}"

    @pytest.mark.parametrize("pattern", [r"\p{Alpha}+", r"(?<kind>4\d\d)", r"(\n|.)+", r"\Q.\E"])
    def test_a_pattern_is_javas(self, answered, developer, pattern):
        services.put_integration_response(
            developer, **answered.at("/pets", "GET", status_code="200", selection_pattern=pattern)
        )

    def test_a_pattern_that_does_not_parse_is_refused(self, answered, developer):
        with pytest.raises(BadRequest, match="Invalid selection pattern"):
            services.put_integration_response(
                developer, **answered.at("/pets", "GET", status_code="200", selection_pattern="(")
            )

    def test_it_is_patched_and_deleted(self, answered, developer):
        at = answered.at("/pets", "GET", status_code="200")
        services.put_integration_response(developer, **at)
        where = {name: value for name, value in at.items() if name != "rest_api_id"}
        changed = answered.patch(
            services.update_integration_response,
            ("replace", "/selectionPattern", "2.."),
            ("add", "/responseTemplates/application~1json", "$input.body"),
            ("add", "/responseParameters/method.response.header.ETag", "'1'"),
            ("replace", "/contentHandling", "CONVERT_TO_BINARY"),
            **where,
        )
        changed.refresh_from_db()
        assert (changed.selection_pattern, changed.content_handling) == ("2..", "CONVERT_TO_BINARY")
        assert changed.response_templates == {"application/json": "$input.body"}
        services.delete_integration_response(developer, **at)
        assert not IntegrationResponse.objects.exists()
        with pytest.raises(NotFound, match="Invalid Response status code specified"):
            services.get_integration_response(developer, **at)
