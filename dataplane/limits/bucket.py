"""The token bucket: a request takes a token, and tokens come back at the rate, up to the burst.

Source: developer guide, "Throttle API requests": the burst is the bucket's size, and may exceed the rate. Clocks are
handed in. Tokens may be owed: what others took of the same bucket is told after the fact (`limits.meter`).
"""

from typing import NamedTuple


class Limit(NamedTuple):
    rate: float  # tokens a second; 0 lets nothing pass, not even a burst once
    burst: float  # the most that it holds


class Bucket:
    """One limit's state, full at first. It outlives changes of its limit, which never fill it anew."""

    __slots__ = ("at", "flying", "limit", "name", "taken", "tokens")

    def __init__(self, name: str, limit: Limit, now: float) -> None:
        self.name = name
        self.limit = limit
        self.tokens = limit.burst
        self.at = now  # when that many tokens were there
        self.taken = 0  # since this was last told to the node agent
        self.flying = 0  # told, and not yet answered

    def land(self) -> None:
        """What was told is answered."""
        self.flying = 0

    def has_token(self, now: float) -> bool:
        limit = self.limit
        elapsed = now - self.at
        if elapsed > 0:
            tokens = self.tokens + elapsed * limit.rate
            if tokens > limit.burst:  # what it was told to hold above that stays
                tokens = self.tokens if self.tokens > limit.burst else limit.burst
            self.tokens = tokens
            self.at = now
        return self.tokens >= 1 and limit.rate > 0
