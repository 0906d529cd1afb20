import pytest
from django.test import RequestFactory

from console.core.requests import source_ip


@pytest.mark.parametrize(
    ("proxies", "forwarded", "found"),
    [
        (0, None, "10.0.0.9"),
        (0, "198.51.100.7", "10.0.0.9"),  # anybody may write it
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "made.up, 198.51.100.7", "198.51.100.7"),
        (1, None, "10.0.0.9"),  # past the proxy
        (2, "made.up, 198.51.100.7, 10.0.0.8", "198.51.100.7"),
        (2, "10.0.0.8", "10.0.0.8"),
        (1, "x" * 1000, "x" * 64),
    ],
)
def test_a_client_is_known_by_what_the_outermost_proxy_saw(settings, proxies: int, forwarded: str | None, found: str):
    settings.PROXIES = proxies
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    request = RequestFactory().get("/", headers=headers, REMOTE_ADDR="10.0.0.9")
    assert source_ip(request) == found
