"""AWS's operations on tags, as they are said on the wire."""

from typing import Any

from console.core.wire import serve
from console.tags import services


def tags(found: dict[str, str]) -> dict[str, Any]:
    return {"tags": found}


operations = [
    serve("GetTags", services.get_tags, tags),
    serve("TagResource", services.tag_resource),
    serve("UntagResource", services.untag_resource),
]
