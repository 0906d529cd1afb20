"""How much an API may hold. Whoever asks holds the API's lock, so that nobody else adds to it meanwhile."""

from django.conf import settings

from console.core.limits import reached


def check_limit(noun: str, count: int) -> None:
    """`noun` as AWS says it, "Request Validators"; `count` is how many there would be. Raises LimitExceeded."""
    limit = f"{noun.lower().replace(' ', '_')}_per_rest_api"
    if count > settings.LIMITS[limit]:
        raise reached(limit, noun, "this API")
