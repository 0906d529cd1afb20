"""What only the pool needs to tell apart."""

from dataplane.faults import UpstreamBroken


class Stale(UpstreamBroken):
    """The connection ended before a byte of the answer: had it been kept, the backend may just have closed it."""


class Unsent(Stale):
    """It ended on its way from the pool to the request: nothing was sent, so that anything may be sent again."""
