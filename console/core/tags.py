"""What tags may be. Source: botocore's `apigateway` model; AWS's general reference, "Tag naming limits"."""

import re
from collections.abc import Mapping

from django.conf import settings

from console.core.faults import BadRequest
from console.core.limits import reached

_KEY = re.compile(r"[\w\s+\-=.:/@]{1,128}")
_VALUE = re.compile(r"[\w\s+\-=.:/@]{0,256}")


def checked(tags: Mapping[str, str] | None) -> dict[str, str]:
    """Raises BadRequest, or LimitExceeded for more than a resource may have."""
    found = dict(tags or {})
    for key, value in found.items():
        if not _KEY.fullmatch(key) or key.lower().startswith("aws:"):
            raise BadRequest(f"Invalid tag key specified: {key}", field="tags")
        if not _VALUE.fullmatch(value):
            raise BadRequest(f"Invalid tag value specified: {value}", field="tags")
    if len(found) > settings.LIMITS["tags_per_resource"]:
        raise reached("tags_per_resource", "tags", "this resource")
    return found
