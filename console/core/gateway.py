"""Where customers reach the gateway."""

from urllib.parse import urlsplit

from django.conf import settings


def gateway_domain() -> str:
    """The domain below which hosts such as `{api}.execute-api.` are."""
    host = urlsplit(settings.GATEWAY_URL).hostname or "localhost"
    # Every browser and resolver takes *.localhost for this machine; an address in numbers has no names below it.
    numeric = host.replace(".", "").isdigit() or ":" in host
    return "localhost" if numeric else host
