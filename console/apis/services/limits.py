"""How much an API may hold. Whoever asks holds the API's lock, so that nobody else adds to it meanwhile."""

from django.conf import settings

from console.apis.models import RestApi
from console.core.limits import reached, refuse_more


def check_limit(noun: str, count: int) -> None:
    """`noun` as AWS says it, "Request Validators"; `count` is how many there would be. Raises LimitExceeded."""
    limit = f"{noun.lower().replace(' ', '_')}_per_rest_api"
    if count > settings.LIMITS[limit]:
        raise reached(limit, noun, "this API")


_ENDPOINTS = {"REGIONAL": "Regional", "EDGE": "edge-optimized", "PRIVATE": "private"}


def check_endpoint_limit(api: RestApi) -> None:
    """Before it is written as one more of its endpoint type. Raises LimitExceeded."""
    for kind, words in _ENDPOINTS.items():
        if api.endpoint_types == [kind]:
            others = RestApi.objects.filter(endpoint_types=[kind]).exclude(pk=api.pk)
            refuse_more(f"{kind.lower()}_rest_apis", others, f"{words} APIs")
