"""URIs of AWS integrations. Source: botocore, PutIntegration `uri`; behaviours 67."""

import pytest

from dataplane.mapping.service_uri import ServiceUri, ServiceUriError, parse_service_uri

ARN = "arn:aws:lambda:us-west-2:123456789012:function:pets"


@pytest.mark.parametrize(
    ("uri", "parts"),
    [
        ("us-east-1:sqs:path/123/queue", ("us-east-1", "sqs", "path", "123/queue")),
        ("eu-west-1:bucket.s3:path/{key}", ("eu-west-1", "bucket.s3", "path", "{key}")),
        ("us-east-1:dynamodb:action/PutItem", ("us-east-1", "dynamodb", "action", "PutItem")),
        ("us-east-1:sns:action/Publish&x=1", ("us-east-1", "sns", "action", "Publish&x=1")),
        ("us-east-1:s3:path/", ("us-east-1", "s3", "path", "")),
    ],
)
def test_a_uri_names_a_region_a_service_and_what_is_asked_of_it(uri: str, parts: tuple[str, ...]) -> None:
    assert parse_service_uri(f"arn:aws:apigateway:{uri}") == ServiceUri(*parts)


@pytest.mark.parametrize(
    "uri",
    [
        "http://example.com/",
        "arn:aws:apigateway:us-east-1:sqs",
        "arn:aws:apigateway:us-east-1:sqs:123/queue",
        "arn:aws:apigateway::sqs:path/queue",
        "arn:aws:apigateway:us-east-1::path/queue",
        "arn:aws:lambda:us-east-1:123456789012:function:pets",
    ],
)
def test_anything_else_is_no_such_uri(uri: str) -> None:
    with pytest.raises(ServiceUriError):
        parse_service_uri(uri)


@pytest.mark.parametrize(
    ("rest", "function"),
    [
        (f"lambda:path/2015-03-31/functions/{ARN}/invocations", ARN),
        (f"lambda:path/2015-03-31/functions/{ARN}:live/invocations", f"{ARN}:live"),
        ("lambda:path/2015-03-31/functions/pets/invocations", "pets"),
        ("lambda:path/2015-03-31/functions/", ""),
        ("lambda:path/2014-11-13/functions/pets/invoke-async", ""),
        ("sqs:path/2015-03-31/functions/pets/invocations", ""),
        ("lambda:action/2015-03-31/functions/pets/invocations", ""),
    ],
)
def test_a_function_is_found_in_the_uri_that_invokes_it(rest: str, function: str) -> None:
    assert parse_service_uri(f"arn:aws:apigateway:us-west-2:{rest}").function == function
