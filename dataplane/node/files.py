"""How many files a worker may open: each connection is one, and each request that is passed on takes a second."""

import logging
import resource
from dataclasses import replace
from typing import Final

from dataplane.settings import Limits

log = logging.getLogger(__name__)

_ITS_OWN: Final = 256  # documents, logs, look-ups of names, the agent


def within_files(limits: Limits) -> Limits:
    """Asks for as many files as all connections need; where there are fewer, so are the connections."""
    wanted = 2 * limits.connections + _ITS_OWN
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _fewer(soft, wanted):
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    if not _fewer(soft, wanted):
        return limits
    connections = max(1, (soft - _ITS_OWN) // 2)
    log.info("%d files may be open (ulimit -n): %d connections of clients at once", soft, connections)
    return replace(limits, connections=connections)


def _fewer(files: int, wanted: int) -> bool:
    return files != resource.RLIM_INFINITY and files < wanted
