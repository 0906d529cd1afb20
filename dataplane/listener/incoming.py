"""What a client has sent, cut into requests. Those that nobody has begun with wait here, in order."""

from collections import deque

from dataplane.exchange import ClientGone
from dataplane.faults import GatewayFault
from dataplane.http1.body import Source
from dataplane.listener.http1 import Head, Reader, Refused
from dataplane.settings import Limits

# Parsed at once; what follows a complete request in a longer read waits unparsed, so pipelining costs bounded memory.
_SLICE = 16 * 1024
# Of an untaken request body, what is read to its end to keep the connection.
_DISCARDED_BYTES = 64 * 1024


class Incoming:
    __slots__ = ("broken", "expects", "last", "queue", "reader", "refusal", "rest", "shut")

    def __init__(self, source: Source, limits: Limits) -> None:
        """`source` is the connection, of which bodies ask that it reads more or less."""
        self.reader = Reader(self, source, limits)
        self.rest = b""  # read, not parsed
        self.queue: deque[Head] = deque()  # parsed, not begun
        self.last = False  # the client asks for nothing after what has come
        self.refusal: Refused | None = None  # follows the last answer
        self.broken = False  # the body under way never ends
        self.expects = False  # the client waits for "100 Continue"
        self.shut = False  # the client has closed its sending side

    @property
    def waits(self) -> bool:
        return bool(self.rest or self.queue)

    @property
    def pending(self) -> bool:
        """There is something to answer."""
        return self.waits or self.refusal is not None

    def requested(self, head: Head) -> None:
        self.last = not head.keep_alive
        self.expects = head.expects
        self.queue.append(head)

    def parse(self) -> None:
        data = self.rest
        if self.refusal or self.broken or (self.last and self.reader.arriving is None):
            self.rest = b""
            return
        if len(data) > _SLICE and (self.reader.outstanding or 0) < len(data):
            data, self.rest = data[:_SLICE], data[_SLICE:]
        else:
            self.rest = b""
        try:
            self.reader.feed(data)
        except Refused as refused:
            self._refuse(refused)

    def _refuse(self, refused: Refused) -> None:
        self.rest = b""
        arriving = self.reader.arriving
        if arriving is None:
            self.refusal = None if self.last else refused
        elif self._unbegun():
            self._forget_last()
            self.refusal = refused
        else:  # the pipeline answers
            arriving.fail(GatewayFault("BAD_REQUEST_BODY", "Bad Request"))
            self.broken = True

    def _unbegun(self) -> bool:
        """Nobody has begun with the request whose body is arriving."""
        return bool(self.queue) and self.queue[-1].body is self.reader.arriving

    def _forget_last(self) -> None:
        self.queue.pop()
        self.reader.drop()

    def shut_off(self) -> bool:
        """Nothing comes any more. False: the request that is being answered is not whole."""
        self.shut = True
        if self.reader.arriving is None:
            return True
        unbegun = self._unbegun()
        if unbegun:
            self._forget_last()
        return unbegun

    def untaken(self) -> None:
        """The request whose body is arriving has its answer: what comes of the body is dropped."""
        if self.reader.arriving is not None and not self.queue:
            self.reader.arriving.fail(ClientGone())

    def keeps(self) -> bool:
        """Whether there can be another request behind the one that is answered."""
        if self.queue:  # what is arriving is not of the request that is answered
            return True
        if self.broken or (self.shut and not self.pending):
            return False
        if self.reader.arriving is None:
            return True
        outstanding = self.reader.outstanding
        return outstanding == 0 or (outstanding is not None and outstanding <= _DISCARDED_BYTES and not self.expects)

    def clear(self) -> None:
        self.queue.clear()
        self.rest = b""

    def end(self) -> None:
        """Nothing more is read."""
        self.clear()
        if self.reader.arriving is not None:
            self.reader.arriving.fail(ClientGone())
        self.reader.end()
