"""What an integration is told of a token: its claims, all of them texts.

As Lambda functions behind a user pool's authorizer get them: times of the token as Java prints a date, lists joined by
commas. `$context.authorizer.claims` as a whole is null, its members are not (behaviours 46).
"""

import time
from typing import Any, Final

from dataplane.mapping import jsontext
from dataplane.mapping.vtl.java.values import Claims

_TIMES: Final = ("exp", "iat", "nbf")
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def told(claims: dict[str, Any]) -> Claims:
    return Claims({name: _text(name, value) for name, value in claims.items() if value is not None})


def _text(name: str, value: Any) -> str:
    if isinstance(value, str):
        return value
    if name in _TIMES and isinstance(value, int | float):
        return _java_date(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ",".join(value)
    return jsontext.to_json(value)


def _java_date(moment: float) -> str:
    """`Fri Aug 28 17:32:29 UTC 2020`, in any locale."""
    t = time.gmtime(moment)
    clock = f"{t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}"
    return f"{_DAYS[t.tm_wday]} {_MONTHS[t.tm_mon - 1]} {t.tm_mday:02} {clock} UTC {t.tm_year}"
