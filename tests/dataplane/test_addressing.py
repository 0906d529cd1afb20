import pytest

from dataplane.addressing import NOWHERE, address


@pytest.mark.parametrize(
    ("authority", "path", "expected"),
    [
        ("abc123.execute-api.localhost", "/dev/pets/1", ("abc123", "dev", "/pets/1")),
        ("abc123.execute-api.eu-west-1.example.com", "/dev", ("abc123", "dev", "/")),
        ("abc123.execute-api.localhost", "/dev/dev/x", ("abc123", "dev", "/dev/x")),
        ("abc123.execute-api.localhost", "/dev/pets/", ("abc123", "dev", "/pets/")),
        ("abc123.execute-api.localhost", "//dev/pets", ("abc123", "dev", "/pets")),
        ("127.0.0.1", "/restapis/abc123/dev/_user_request_/pets/1", ("abc123", "dev", "/pets/1")),
        ("127.0.0.1", "/restapis/abc123/dev/_user_request_", ("abc123", "dev", "/")),
        ("127.0.0.1", "/restapis/abc123/dev/_user_request_/", ("abc123", "dev", "/")),
    ],
)
def test_a_request_names_an_api_and_a_stage_by_host_or_by_path(
    authority: str, path: str, expected: tuple[str, str, str]
) -> None:
    assert address(authority, path) == expected


@pytest.mark.parametrize(
    ("authority", "path"),
    [
        ("abc123.execute-api.localhost", "/"),
        ("127.0.0.1", "/pets"),
        ("127.0.0.1", "/restapis/abc123/dev/pets"),
        ("127.0.0.1", "/restapis/abc123"),
        ("execute-api.localhost", "/dev/pets"),
    ],
)
def test_what_names_no_stage_is_nothing(authority: str, path: str) -> None:
    assert address(authority, path) == NOWHERE
