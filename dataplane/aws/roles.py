"""Roles that integrations call as: assumed through STS by this node, and anew before a session ends."""

import html
import re
from datetime import UTC, datetime
from functools import partial
from typing import Final
from urllib.parse import urlencode
from weakref import WeakValueDictionary

from dataplane.aws.credentials import Obtained, Source
from dataplane.aws.faults import NoCredentials
from dataplane.aws.service import Service
from dataplane.aws.signing import Credentials
from dataplane.exchange import Headers

SESSION_NAME: Final = "BackplaneAssumeRoleSession"  # as AWS's own gateway calls its sessions
_SECONDS: Final = 10.0  # for the call
_RENEW_SECONDS: Final = 900.0  # before the end; a session lasts an hour
_MARGIN_SECONDS: Final = 60.0
_KEPT: "WeakValueDictionary[tuple[str, str], Source]" = WeakValueDictionary()


def role(arn: str, region: str) -> Source:
    """The same source for the same role while anybody holds it. Raises UriError. Reads files: not on the event loop."""
    source = _KEPT.get((arn, region))
    if source is None:
        source = _KEPT[arn, region] = Source(
            f"the role {arn}", partial(_assumed, Service("sts", region, target=arn), arn)
        )
    return source


async def _assumed(sts: Service, arn: str) -> Obtained:
    form = urlencode(
        {"Action": "AssumeRole", "Version": "2011-06-15", "RoleArn": arn, "RoleSessionName": SESSION_NAME}
    ).encode()
    headers: Headers = [(b"Host", sts.host), (b"Content-Type", b"application/x-www-form-urlencoded")]
    answer = await sts.send(b"POST", sts.base + b"/", headers, form, timeout=_SECONDS)
    text = (await answer.body.read()).decode("utf-8", "replace")
    if answer.status != 200:
        raise NoCredentials(
            f"API Gateway does not have permission to assume the provided role {arn}: STS answered {answer.status} "
            f"{_element(text, 'Code')} {_element(text, 'Message')}"
        )
    return _obtained(text)


def _obtained(text: str) -> Obtained:
    names = ("AccessKeyId", "SecretAccessKey", "SessionToken")
    key, secret, token = (_element(text, name) for name in names)
    try:
        end = datetime.fromisoformat(_element(text, "Expiration")).astimezone(UTC).timestamp()
    except ValueError as error:
        raise NoCredentials(f"what STS answered has no Expiration: {error}") from error
    if not (key and secret):
        raise NoCredentials("what STS answered has no credentials")
    return Obtained(Credentials(key, secret, token), end - _RENEW_SECONDS, end - _MARGIN_SECONDS)


def _element(xml: str, name: str) -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", xml, re.DOTALL)
    return html.unescape(found[1]).strip() if found else ""
