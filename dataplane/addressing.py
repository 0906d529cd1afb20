"""Which API and stage a request names: by host (`{api}.execute-api.{any domain}`) or by path
(`/restapis/{api}/{stage}/_user_request_/{path}`). Pure.
"""

from functools import lru_cache
from typing import NamedTuple

_PATH_STYLE = "/restapis/"
_MARK = "_user_request_"


class Address(NamedTuple):
    api_id: str
    stage_name: str
    path: str  # of the resource, beginning with a slash; without the stage, which is taken off exactly once
    by_default_host: bool


_address = tuple.__new__  # of a NamedTuple's constructors the one that is no function of Python's


@lru_cache(maxsize=4096)
def _api_of(authority: str) -> str:
    """Empty: not a host of an API."""
    api_id, _, domain = authority.partition(".")
    return api_id if domain.startswith("execute-api.") else ""


def address(authority: str, path: str) -> Address | None:
    """`path` as sent, without the query. None: neither style (or a host style without a stage)."""
    api_id = _api_of(authority)
    if api_id:
        stage_name, _, rest = path.lstrip("/").partition("/")
        return _address(Address, (api_id, stage_name, "/" + rest, True)) if stage_name else None
    if path.startswith(_PATH_STYLE):
        parts = path.split("/", 5)  # "", restapis, api, stage, mark, rest
        if len(parts) >= 5 and parts[4] == _MARK:
            return Address(parts[2], parts[3], "/" + (parts[5] if len(parts) == 6 else ""), True)
    return None
