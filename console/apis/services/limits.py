"""How much an API may hold: AWS's quotas, each a setting."""

from django.conf import settings

from console.core.faults import LimitExceeded


def check_limit(noun: str, count: int) -> None:
    """`noun` as AWS says it, "Request Validators"; `count` is how many there would be. Raises LimitExceeded."""
    if count > settings.LIMITS[f"{noun.lower().replace(' ', '_')}_per_rest_api"]:
        raise LimitExceeded(
            f"Maximum number of {noun} for this API has been reached. Please contact AWS if you need additional {noun}."
        )
