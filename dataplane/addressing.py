"""Which API and stage a request names: by host (`{api}.execute-api.{any domain}`) or by path
(`/restapis/{api}/{stage}/_user_request_/{path}`). Pure.
"""

from functools import lru_cache
from typing import Final, TypeAlias

_PATH_STYLE = "/restapis/"
_MARK = "_user_request_"

# API, stage, and the resource's path: beginning with a slash, without the stage, which is taken off exactly once.
Address: TypeAlias = tuple[str, str, str]
NOWHERE: Final[Address] = ("", "", "")


def address(authority: str, path: str) -> Address:
    """`path` as sent, without the query. NOWHERE: neither style, or a host style without a stage."""
    api_id = _api_of(authority)
    if api_id:
        stage_name, _, rest = path.lstrip("/").partition("/")
        return (api_id, stage_name, "/" + rest) if stage_name else NOWHERE
    if path.startswith(_PATH_STYLE):
        parts = path.split("/", 5)  # "", restapis, api, stage, mark, rest
        if len(parts) >= 5 and parts[4] == _MARK:
            return parts[2], parts[3], "/" + (parts[5] if len(parts) == 6 else "")
    return NOWHERE


@lru_cache(maxsize=4096)
def _api_of(authority: str) -> str:
    """Empty: not a host of an API."""
    api_id, _, domain = authority.partition(".")
    return api_id if domain.startswith("execute-api.") else ""
