"""Limits and quotas that nodes share, in Valkey. Nothing here is on the path of a request.

Each key is one script's: buckets are refilled by the server's clock, quotas are hashes with a number of each node's
life, whose sum is what all have used.
"""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from dataplane.limits.hub import SLACK_SECONDS, Total
from dataplane.limits.ledger import Period
from dataplane.limits.meter import Level, Taken

SECONDS: Final = 1.0  # for connecting, and for an answer
NODE_SECONDS: Final = 5  # a node that has not said for so long that it lives does not
_QUOTA_SECONDS: Final = 40 * 86_400

# ARGV: rate, burst, tokens taken, seconds of slack. Answers the tokens that are left, below 0 where some are owed.
_BUCKET: Final = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local rate, burst, taken = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full = burst + rate * tonumber(ARGV[4])
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens = full
if kept[1] and kept[2] then
    tokens = tonumber(kept[1]) + math.max(0, now - tonumber(kept[2])) * rate
end
tokens = math.min(tokens - taken, full)
redis.call('HSET', KEYS[1], 'tokens', string.format('%.6f', tokens), 'at', string.format('%.6f', now))
local seconds = 86400
if rate > 0 then
    seconds = math.min(seconds, math.ceil((full - tokens) / rate) + 10)
end
redis.call('EXPIRE', KEYS[1], seconds)
return string.format('%.6f', tokens)
"""

# ARGV: this life, what it used, seconds to live. Answers what the life had told before, and what all lives used. A
# life's number never falls.
_QUOTA: Final = """
local before = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or 0)
if tonumber(ARGV[2]) > before then
    redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
redis.call('EXPIRE', KEYS[1], ARGV[3])
local sum = 0
for _, used in ipairs(redis.call('HVALS', KEYS[1])) do
    sum = sum + tonumber(used)
end
return {string.format('%.0f', before), string.format('%.0f', sum)}
"""

# ARGV: this node, seconds after which it is forgotten. Answers how many nodes live.
_NODES: Final = """
local now = tonumber(redis.call('TIME')[1])
redis.call('ZADD', KEYS[1], now, ARGV[1])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - tonumber(ARGV[2]))
redis.call('EXPIRE', KEYS[1], 60)
return redis.call('ZCARD', KEYS[1])
"""


class Away(Exception):
    """No answer from Valkey, or one that is none."""


class Shared:
    """`house` tells the keys of one house from another's on the same server. Raises Away."""

    def __init__(self, url: str, house: str, node_id: str, life: str, seconds: float = SECONDS) -> None:
        known = "redis" + url.removeprefix("valkey") if url.startswith("valkey") else url
        self._client: Any = Redis.from_url(
            known, socket_timeout=seconds, socket_connect_timeout=seconds, retry=Retry(NoBackoff(), 0)
        )
        self._prefix = f"stagedoor:{hashlib.sha256(house.encode()).hexdigest()[:16]}"
        self._node_id = node_id
        self._life = f"{node_id}/{life}"
        self._bucket = self._client.register_script(_BUCKET)
        self._quota = self._client.register_script(_QUOTA)
        self._nodes = self._client.register_script(_NODES)

    async def exchange(
        self, taken: Sequence[Taken], used: Sequence[tuple[Period, int]]
    ) -> tuple[list[Level], list[Total]]:
        """Tell what was taken and used; returns where the buckets stand, and per quota what this life had told before,
        what it told now, and what all lives used."""
        try:
            async with self._client.pipeline(transaction=False) as pipe:
                for one in taken:
                    arguments = (one.rate, one.burst, one.count, SLACK_SECONDS)
                    await self._bucket(keys=[f"{self._prefix}:bucket:{one.name}"], args=arguments, client=pipe)
                for period, own in used:
                    key = f"{self._prefix}:quota:{'/'.join(period)}"
                    await self._quota(keys=[key], args=(self._life, own, _QUOTA_SECONDS), client=pipe)
                answers = await pipe.execute()
        except (RedisError, OSError) as error:
            raise Away(_reason(error)) from error
        levels = [Level(one.name, float(answer)) for one, answer in zip(taken, answers, strict=False)]
        sums = answers[len(taken) :]
        totals = zip(used, sums, strict=True)
        return levels, [(period, int(before), own, int(total)) for (period, own), (before, total) in totals]

    async def live(self) -> int:
        """Say that this node lives; returns how many do."""
        try:
            return int(await self._nodes(keys=[f"{self._prefix}:nodes"], args=(self._node_id, NODE_SECONDS)))
        except (RedisError, OSError) as error:
            raise Away(_reason(error)) from error

    async def close(self) -> None:
        await self._client.aclose()


def _reason(error: Exception) -> str:
    """Never the URL, which may hold a password."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
