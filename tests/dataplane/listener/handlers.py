"""What stands behind a listener in its tests."""

from math import inf

from dataplane.exchange import ClientGone, Exchange
from dataplane.faults import GatewayFault
from tests.dataplane.sides import Handle, House


async def answer_length(exchange: Exchange) -> None:
    """Of the request's body, or the status of what it failed with."""
    try:
        body = await exchange.body.read()
    except GatewayFault as fault:
        exchange.responder.send(fault.status, [], b"")
    else:
        exchange.responder.send(200, [], b"%d" % len(body))


def flooding(ended: list[bytes]) -> Handle:
    """An answer without an end; the paths of those whose client has gone are in `ended`."""

    async def flood(exchange: Exchange) -> None:
        exchange.responder.start(200, [], None)
        try:
            while True:
                wait = exchange.responder.write(b"x" * 16_384)
                if wait is not None:
                    await wait
        except ClientGone:
            ended.append(exchange.path)
            raise

    return flood


def time_passes(house: House) -> None:
    """As much as each connection was given: a test that lets real time pass says nothing on a machine that stalls."""
    for connection in list(house.server._open):
        if connection._alarm.when < inf:
            connection._expired()
