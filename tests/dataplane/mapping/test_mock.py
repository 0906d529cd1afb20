import pytest
from hypothesis import given
from hypothesis import strategies as st

from dataplane.mapping.mock import StatusCodeError, read_status_code

READ = [
    ('{"statusCode": 200}', 200),
    ("{statusCode: 200}", 200),
    ("{'statusCode': 404}", 404),
    ('{"statusCode": 200,}', 200),
    ('{"statusCode": "201"}', 201),
    ("{ 'message': 'it\\'s {here}, ok', statusCode: 500, }", 500),
    ('{"a": "{statusCode: 1}", statusCode: 302}', 302),
    ('{"list": [1, 2,], "statusCode": 200}', 200),
    ('\n  {"statusCode": 200}\n', 200),
    ('{"statusCode": 200, "statusCode": 201}', 201),
]


@pytest.mark.parametrize(("text", "status"), READ)
def test_it_is_read_leniently(text: str, status: int) -> None:
    assert read_status_code(text) == status


@pytest.mark.parametrize(
    "text",
    [
        *("", "200", "{}", "[]", "null", "{", '{"statusCode": true}', '{"statusCode": 2.5}', '{"statusCode": "x"}'),
        *('{"statusCode": null}', '{"statuscode": 200}', '{"statusCode": }', "[" * 5000),
    ],
)
def test_without_an_integer_it_fails(text: str) -> None:
    with pytest.raises(StatusCodeError):
        read_status_code(text)


@given(st.text("{}[]:,'\"\\ab1 statusCode\n", max_size=40))
def test_any_text_has_a_status_code_or_fails(text: str) -> None:
    try:
        assert isinstance(read_status_code(text), int)
    except StatusCodeError:
        return
