"""Binary media types and contentHandling, row by row of the developer guide's two tables ("Content type conversions in
API Gateway"); behaviours 65, 78, 87."""

import base64
from typing import Any

import pytest

from dataplane.snapshot import Integration, IntegrationResponse, Model, RequestValidator
from dataplane.steps.content import BinaryTypes
from tests.dataplane.execution import House, answer, in_house, resource

BINARY = bytes(range(256))
BASE64 = base64.b64encode(BINARY)
PNG = ("image/png",)


@pytest.mark.parametrize(
    ("listed", "asked", "binary"),
    [
        (("image/png",), "image/png", True),
        (("image/png",), "image/jpeg", False),
        (("Image/PNG",), "image/png", True),
        (("image/*",), "image/png", True),
        (("image/*",), "image/*", True),
        (("image/png",), "image/*", False),  # a client's wildcard is no wildcard
        (("image/png",), "*/*", False),
        (("*/*",), "text/plain", True),
        (("*/png",), "image/png", False),
        (("image/*",), "imagery/png", False),
    ],
)
def test_which_types_are_binary(listed: tuple[str, ...], asked: str, binary: bool) -> None:
    assert (asked in BinaryTypes(listed)) is binary


def http(type: str = "HTTP", **integration: Any) -> Integration:
    integration.setdefault("responses", (IntegrationResponse(status_code="200"),))
    return Integration(
        type=type,  # type: ignore[arg-type]
        uri="http://${stageVariables.backend}/",
        http_method="POST",
        **integration,
    )


async def sent(house: House, integration: Integration, types: tuple[str, ...], content_type: str, body: bytes) -> Any:
    house.deploy(resource("/a", "POST", integration), binary_media_types=types)
    reply = await house.call("POST", "/dev/a", {"Content-Type": content_type}, body)
    return house.backend.seen[-1].body if reply.status == 200 else reply.status


@pytest.mark.parametrize("type", ["HTTP", "HTTP_PROXY"])
@pytest.mark.parametrize(
    ("content_type", "types", "handling", "body", "expected"),
    [
        ("text/plain", (), None, b"text", b"text"),
        ("text/plain", (), "CONVERT_TO_BINARY", BASE64, BINARY),
        ("text/plain", (), "CONVERT_TO_TEXT", b"text", b"text"),
        ("text/plain", PNG, None, b"text", b"text"),
        ("text/plain", PNG, "CONVERT_TO_BINARY", BASE64, BINARY),
        ("text/plain", PNG, "CONVERT_TO_TEXT", b"text", b"text"),
        ("image/png", PNG, None, BINARY, BINARY),
        ("image/png", PNG, "CONVERT_TO_BINARY", BINARY, BINARY),
        ("image/png", PNG, "CONVERT_TO_TEXT", BINARY, BASE64),
        # beyond the table
        ("image/png", (), None, BINARY, BINARY),  # nobody asked for text: see docs/execution.md
        ("text/plain", (), "CONVERT_TO_TEXT", b"a\xff", "a\ufffd".encode()),
        ("text/plain", (), "CONVERT_TO_BINARY", b"not base64!", 500),
        ("text/plain", (), "CONVERT_TO_BINARY", b"", b""),
        ("image/png; q=1", PNG, "CONVERT_TO_TEXT", BINARY, BASE64),
    ],
)
def test_requests(
    type: str, content_type: str, types: tuple[str, ...], handling: Any, body: bytes, expected: bytes | int
) -> None:
    async def scenario(house: House) -> None:
        assert await sent(house, http(type, content_handling=handling), types, content_type, body) == expected

    in_house(scenario)


@pytest.mark.parametrize(
    ("content_type", "types", "handling", "body", "expected"),
    [
        ("application/json", (), None, b"a\xff", "<a\ufffd>".encode()),
        ("image/png", PNG, "CONVERT_TO_TEXT", BINARY, b"<" + BASE64 + b">"),
        ("image/png", PNG, None, b"text", b"<text>"),
        ("image/png", PNG, None, BINARY, 500),
        ("application/json", PNG, None, b"a\xff", "<a\ufffd>".encode()),
        ("application/json", (), "CONVERT_TO_BINARY", BASE64, 500),
        ("application/json", (), "CONVERT_TO_BINARY", base64.b64encode(b"text"), b"<text>"),
    ],
)
def test_a_template_reads_what_the_conversion_made_and_bytes_that_are_no_text_fail_it(
    content_type: str, types: tuple[str, ...], handling: Any, body: bytes, expected: bytes | int
) -> None:
    async def scenario(house: House) -> None:
        integration = http(content_handling=handling, request_templates={content_type: "<$input.body>"})
        assert await sent(house, integration, types, content_type, body) == expected

    in_house(scenario)


def test_a_validator_sees_the_body_as_the_client_sent_it() -> None:
    async def scenario(house: House) -> None:
        integration = http(content_handling="CONVERT_TO_TEXT", request_templates={"application/json": "$input.body"})
        house.deploy(
            resource("/a", "POST", integration, request_validator_id="v", request_models={"application/json": "M"}),
            binary_media_types=("application/json",),
            models=(Model(name="M", schema='{"required": ["a"]}'),),
            request_validators=(RequestValidator(id="v", validate_request_body=True),),
        )
        reply = await house.call("POST", "/dev/a", body=b'{"a": 1}')
        assert (reply.status, house.backend.seen[0].body) == (200, base64.b64encode(b'{"a": 1}'))

    in_house(scenario)


RESPONSES = [
    # payload, its type, Accept, binaryMediaTypes, contentHandling, what the client gets
    (b"text", "text/plain", "text/plain", (), None, b"text"),
    (BASE64, "text/plain", "text/plain", (), "CONVERT_TO_BINARY", BINARY),
    (b"text", "text/plain", "text/plain", (), "CONVERT_TO_TEXT", b"text"),
    (b"text", "text/plain", "text/plain", PNG, None, b"text"),
    (BASE64, "text/plain", "text/plain", PNG, "CONVERT_TO_BINARY", BINARY),
    (b"text", "text/plain", "text/plain", PNG, "CONVERT_TO_TEXT", b"text"),
    (BASE64, "text/plain", "image/png", PNG, None, BINARY),
    (BASE64, "text/plain", "image/png", PNG, "CONVERT_TO_BINARY", BINARY),
    (b"text", "text/plain", "image/png", PNG, "CONVERT_TO_TEXT", b"text"),
    (BINARY, "image/png", "text/plain", PNG, None, BASE64),
    (BINARY, "image/png", "text/plain", PNG, "CONVERT_TO_BINARY", BINARY),
    (BINARY, "image/png", "text/plain", PNG, "CONVERT_TO_TEXT", BASE64),
    (BINARY, "image/png", "image/png", PNG, None, BINARY),
    (BINARY, "image/png", "image/png", PNG, "CONVERT_TO_BINARY", BINARY),
    (BINARY, "image/png", "image/png", PNG, "CONVERT_TO_TEXT", BASE64),
    # beyond the table
    (BINARY, "image/png", "", PNG, None, BASE64),
    (BINARY, "image/png", "*/*", PNG, None, BASE64),
    (BINARY, "image/png", "image/webp,image/*,*/*;q=0.8", (*PNG, "image/webp"), None, BINARY),  # the guide's tip
    (BINARY, "image/png", "text/html, image/png", PNG, None, BASE64),  # the first one counts
    (BINARY, "image/png", "", ("*/*",), None, BINARY),
    (BINARY, "image/png", "text/plain", (), None, BINARY),  # see docs/execution.md
    (b"not base64!", "text/plain", "image/png", PNG, None, 500),
    (b"not base64!", "text/plain", "text/plain", (), "CONVERT_TO_BINARY", 500),
    (b"", "text/plain", "image/png", PNG, None, b""),
]


@pytest.mark.parametrize(("payload", "content_type", "accept", "types", "handling", "expected"), RESPONSES)
def test_answers(
    payload: bytes, content_type: str, accept: str, types: tuple[str, ...], handling: Any, expected: bytes | int
) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(200, f"Content-Type: {content_type}\r\n", payload)
        response = IntegrationResponse(status_code="200", content_handling=handling)
        house.deploy(resource("/a", "GET", http(responses=(response,))), binary_media_types=types)
        reply = await house.call("GET", "/dev/a", {"Accept": accept} if accept else None)
        assert (reply.body if reply.status == 200 else reply.status) == expected

    in_house(scenario)


@pytest.mark.parametrize(
    ("payload", "content_type", "accept", "types", "expected"),
    [(*row[:4], row[5]) for row in RESPONSES if row[4] is None],
)
def test_answers_through_a_proxy(
    payload: bytes, content_type: str, accept: str, types: tuple[str, ...], expected: bytes | int
) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(200, f"Content-Type: {content_type}\r\n", payload)
        house.deploy(resource("/a", "GET", http("HTTP_PROXY")), binary_media_types=types)
        reply = await house.call("GET", "/dev/a", {"Accept": accept} if accept else None)
        assert (reply.body if reply.status == 200 else reply.status) == expected

    in_house(scenario)


def test_a_head_through_a_proxy_keeps_its_length() -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: (
            b"HTTP/1.1 200 OK\r\nContent-Length: 1234\r\nContent-Type: image/png\r\n\r\n"
        )
        integration = Integration(type="HTTP_PROXY", uri="http://${stageVariables.backend}/", http_method="HEAD")
        house.deploy(resource("/a", "HEAD", integration), binary_media_types=PNG)
        reply = await house.call("HEAD", "/dev/a")
        assert (reply.status, reply.header("Content-Length")) == (200, "1234")

    in_house(scenario)


@pytest.mark.parametrize(
    ("payload", "handling", "expected"),
    [(BINARY, "CONVERT_TO_TEXT", b"<" + BASE64 + b">"), (BINARY, None, 500), (b"text", None, b"<text>")],
)
def test_a_response_template_reads_what_the_conversion_made(
    payload: bytes, handling: Any, expected: bytes | int
) -> None:
    async def scenario(house: House) -> None:
        house.backend.script = lambda message: answer(200, "Content-Type: image/png\r\n", payload)
        response = IntegrationResponse(
            status_code="200", content_handling=handling, response_templates={"application/json": "<$input.body>"}
        )
        house.deploy(resource("/a", "GET", http(responses=(response,))), binary_media_types=PNG)
        reply = await house.call("GET", "/dev/a", {"Accept": "image/png"})
        assert (reply.body if reply.status == 200 else reply.status) == expected

    in_house(scenario)
