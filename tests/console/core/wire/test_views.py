import datetime as dt
import logging
import re
import uuid
from typing import Any

import pytest
import urllib3
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from django.test import Client
from django.utils import timezone

from console.accounts.models import AccessKey, User
from console.core.actor import Role
from tests.console.core.wire.signed import send

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.console.core.wire.served")]


@pytest.fixture
def client(boto: Any, key: Any) -> Any:
    return boto(key.row.id, key.secret)


@pytest.fixture
def ada(key: Any) -> Client:
    """A browser in which ada has signed in."""
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(User.objects.get(username="ada"))
    return browser


def refused(call: Any, **kwargs: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as error:
        call(**kwargs)
    response = error.value.response
    assert uuid.UUID(response["ResponseMetadata"]["RequestId"])
    return (
        response["ResponseMetadata"]["HTTPStatusCode"],
        response["Error"]["Code"],
        response["Error"]["Message"],
    )


def test_boto3_is_understood_and_understands(client: Any, calls: list[Any], key: Any):
    answer = client.create_rest_api(name="pets", tags={"a": "b"}, minimumCompressionSize=10)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201
    assert (answer["id"], answer["name"], answer["createdDate"]) == (
        "abc",
        "pets",
        dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC),
    )
    assert "description" not in answer
    name, actor, kwargs = calls[0]
    assert (name, kwargs) == ("CreateRestApi", {"name": "pets", "tags": {"a": "b"}, "minimum_compression_size": 10})
    assert (actor.name, actor.role, actor.door, actor.source_ip) == ("ada", Role.DEVELOPER, "wire", "127.0.0.1")
    assert actor.access_key_id == key.row.id
    assert actor.request_id == answer["ResponseMetadata"]["RequestId"]


def test_a_list_has_items_and_a_position(client: Any, calls: list[Any]):
    answer = client.get_rest_apis(limit=7, position="a/b==")
    assert ([one["id"] for one in answer["items"]], answer["position"]) == (["abc"], "next")
    assert calls[0][2] == {"limit": 7, "position": "a/b=="}


def test_a_query_tells_two_operations_at_one_address_apart(client: Any, calls: list[Any]):
    answer = client.import_rest_api(body=b'{"swagger": "2.0"}', failOnWarnings=True, parameters={"basepath": "split"})
    assert (answer["id"], answer["warnings"]) == ("imported", ["one"])
    expected = {"body": b'{"swagger": "2.0"}', "fail_on_warnings": True, "parameters": {"basepath": "split"}}
    assert calls[0][2] == expected


def test_a_label_of_two_names_is_given_by_the_operation_s_own(client: Any, calls: list[Any]):
    client.create_resource(restApiId="abc", parentId="root", pathPart="pets")
    client.get_resource(restApiId="abc", resourceId="pets", embed=["methods"])
    assert [kwargs for _, _, kwargs in calls] == [
        {"rest_api_id": "abc", "parent_id": "root", "path_part": "pets"},
        {"rest_api_id": "abc", "resource_id": "pets", "embed": ["methods"]},
    ]


def test_a_label_with_slashes_is_one_label(client: Any, calls: list[Any]):
    arn = "arn:aws:apigateway:us-east-1::/restapis/abc"
    client.tag_resource(resourceArn=arn, tags={"a": "b"})
    client.untag_resource(resourceArn=arn, tagKeys=["a", "b"])
    assert [kwargs for _, _, kwargs in calls] == [
        {"resource_arn": arn, "tags": {"a": "b"}},
        {"resource_arn": arn, "tag_keys": ["a", "b"]},
    ]


def test_a_label_with_odd_characters_is_read_back(client: Any, calls: list[Any]):
    client.delete_rest_api(restApiId="a b:c(d)é%2F+")
    assert calls[0][2] == {"rest_api_id": "a b:c(d)é%2F+"}


def test_an_answer_without_body_has_the_model_s_status(client: Any, calls: list[Any]):
    answer = client.delete_method(restApiId="a", resourceId="b", httpMethod="GET")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 204
    assert client.delete_rest_api(restApiId="a")["ResponseMetadata"]["HTTPStatusCode"] == 202


def test_a_file_is_answered_as_it_is(client: Any, calls: list[Any]):
    answer = client.get_export(
        restApiId="a", stageName="dev", exportType="oas30", accepts="application/yaml", parameters={"extensions": "x"}
    )
    assert (answer["body"].read(), answer["contentType"]) == (b"openapi: 3.0.1", "application/yaml")
    assert calls[0][2]["accepts"] == "application/yaml"
    assert calls[0][2]["parameters"] == {"extensions": "x"}


def test_a_fault_is_said_as_aws_says_it(client: Any, key: Any, live_server: Any):
    assert refused(client.get_rest_api, restApiId="nope") == (
        404,
        "NotFoundException",
        "Invalid API identifier specified 000000000000:nope",
    )


def test_an_unexpected_exception_says_nothing_of_the_inside(client: Any, caplog: Any):
    status, code, message = refused(client.get_rest_api, restApiId="broken")
    assert (status, code) == (500, "InternalFailure")
    assert "secret" not in message
    assert "the secret of the house" in caplog.text


def test_a_database_that_cannot_be_reached_is_unavailable(client: Any, caplog: Any):
    status, code, message = refused(client.get_rest_api, restApiId="database")
    assert (status, code) == (503, "ServiceUnavailableException")
    assert "10.0.0.1" not in message


def test_an_operation_that_is_not_served_is_named(client: Any):
    status, code, message = refused(client.get_account)
    assert (status, code) == (404, "UnknownOperationException")
    assert message == "The operation GetAccount is not offered by this version of Stagedoor."
    assert "PutRestApi" in refused(client.put_rest_api, restApiId="a", body=b"{}")[2]


@pytest.mark.parametrize("path", ["/api/nonsense", "/api/", "/api/restapis/a/b/c", "/api/restapis/"])
def test_an_unknown_path_is_said_as_a_missing_token(live_server: Any, key: Any, path: str):
    answer = send(live_server, "GET", path, key)
    assert (answer.status, answer.json()) == (403, {"message": "Missing Authentication Token"})
    assert answer.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("method", ["OPTIONS", "HEAD", "PATCH"])
def test_an_unknown_method_of_a_path_too(live_server: Any, key: Any, method: str):
    assert send(live_server, method, "/api/restapis", key).status == 403


def test_a_presigned_url_needs_no_header(live_server: Any, key: Any, calls: list[Any]):
    answer = send(live_server, "GET", "/api/restapis?limit=3", key, signer=SigV4QueryAuth)
    assert (answer.status, calls[0][2]) == (200, {"limit": 3})


def test_malformed_json_is_a_serialization_exception(live_server: Any, key: Any):
    answer = send(live_server, "POST", "/api/restapis", key, body=b'{"name"')
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (400, "SerializationException")


def test_a_body_that_is_too_large_is_refused(live_server: Any, key: Any, settings: Any):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    answer = send(live_server, "POST", "/api/restapis", key, body=b'{"name": "a long one"}')
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (413, "RequestEntityTooLargeException")


def test_who_says_nothing_of_themselves_is_refused(live_server: Any):
    answer = urllib3.request("GET", f"{live_server.url}/api/restapis")
    assert (answer.status, answer.json()) == (403, {"message": "Missing Authentication Token"})
    assert re.fullmatch(r"[0-9a-f-]{36}", answer.headers["x-amzn-RequestId"])


def test_an_unknown_key_is_refused(boto: Any, key: Any):
    expected = (403, "UnrecognizedClientException", "The security token included in the request is invalid.")
    assert refused(boto("AKIAAAAAAAAAAAAAAAAA", key.secret).get_rest_apis) == expected


def test_an_inactive_key_is_unknown(client: Any, key: Any):
    AccessKey.objects.update(active=False)
    assert refused(client.get_rest_apis)[1] == "UnrecognizedClientException"


def test_the_key_of_an_inactive_user_is_unknown(client: Any, key: Any):
    User.objects.update(is_active=False)
    assert refused(client.get_rest_apis)[1] == "UnrecognizedClientException"


def test_a_session_token_belongs_to_no_key_of_this_console(live_server: Any, key: Any):
    answer = send(live_server, "GET", "/api/restapis", key, token="a token")
    assert answer.headers["x-amzn-ErrorType"] == "UnrecognizedClientException"


def test_a_wrong_secret_gets_aws_s_error(boto: Any, key: Any):
    assert refused(boto(key.row.id, "wrong").get_rest_apis) == (
        403,
        "InvalidSignatureException",
        "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
        "Key and signing method. Consult the service documentation for details.",
    )


def test_a_malformed_signature_is_incomplete(live_server: Any):
    answer = urllib3.request("GET", f"{live_server.url}/api/restapis", headers={"Authorization": "Basic abc"})
    assert (answer.status, answer.headers["x-amzn-ErrorType"]) == (400, "IncompleteSignatureException")


def test_a_claim_that_no_signer_writes_is_refused_as_any_other_that_is_wrong(key: Any):
    """What the database or an answer's encoding cannot hold is no error of this server."""
    browser = Client(raise_request_exception=False)
    now = timezone.now()
    scope = f"{now:%Y%m%d}/us-east-1/apigateway/aws4_request"
    date = f"{now:%Y%m%dT%H%M%SZ}"

    def header(access_key_id: str, signature: str = "a", date: str = date) -> tuple[int, str]:
        said = f"AWS4-HMAC-SHA256 Credential={access_key_id}/{scope}, SignedHeaders=host, Signature={signature}"
        answer = browser.get("/api/restapis", HTTP_AUTHORIZATION=said, HTTP_X_AMZ_DATE=date)
        return answer.status_code, answer["x-amzn-ErrorType"]

    assert header("AK\xffIA") == (403, "UnrecognizedClientException")
    assert header(key.row.id, signature="\xff") == (403, "InvalidSignatureException")
    assert header(key.row.id, date="\xff") == (400, "IncompleteSignatureException")
    assert header("\xff/\xff") == (400, "IncompleteSignatureException")
    query = f"X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date={date}&X-Amz-SignedHeaders=host&X-Amz-Signature=a"
    answer = browser.get(f"/api/restapis?{query}&X-Amz-Expires=60&X-Amz-Credential=AK%00IA/{scope}")
    assert (answer.status_code, answer["x-amzn-ErrorType"]) == (403, "UnrecognizedClientException")


def test_authentication_costs_one_query(key: Any, live_server: Any, calls: Any, django_assert_num_queries: Any):
    AccessKey.objects.update(last_used_date=timezone.now())
    browser = Client()
    request = AWSRequest("GET", "http://testserver/api/restapis", headers={"Host": "testserver"})
    SigV4Auth(Credentials(key.row.id, key.secret), "apigateway", "us-east-1").add_auth(request)
    with django_assert_num_queries(1):
        assert browser.get("/api/restapis", headers=dict(request.headers.items())).status_code == 200


def test_a_key_s_last_use_is_noted_once_a_minute(client: Any, key: Any, calls: list[Any]):
    client.get_rest_apis()
    first = AccessKey.objects.get().last_used_date
    client.get_rest_apis()
    assert AccessKey.objects.get().last_used_date == first
    AccessKey.objects.update(last_used_date=first - dt.timedelta(seconds=61))
    client.get_rest_apis()
    assert AccessKey.objects.get().last_used_date > first - dt.timedelta(seconds=60)


def test_a_browser_s_session_serves_too(ada: Client, calls: list[Any]):
    assert ada.get("/api/restapis").status_code == 200
    actor = calls[0][1]
    assert (actor.name, actor.door, actor.access_key_id) == ("ada", "wire", "")


def test_a_browser_that_changes_something_shows_the_csrf_token(ada: Client, calls: list[Any]):
    body = {"name": "pets"}
    answer = ada.post("/api/restapis", body, content_type="application/json")
    assert (answer.status_code, answer["x-amzn-ErrorType"]) == (403, "AccessDeniedException")
    assert calls == []
    ada.cookies["csrftoken"] = "a" * 32
    answer = ada.post("/api/restapis", body, content_type="application/json", headers={"X-CSRFToken": "a" * 32})
    assert answer.status_code == 201


def test_no_refusal_is_logged_as_an_error(client: Any, caplog: Any):
    with caplog.at_level(logging.ERROR, logger="console"):
        refused(client.get_rest_api, restApiId="nope")
    assert [record for record in caplog.records if record.name.startswith("console")] == []
