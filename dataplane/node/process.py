"""A worker as the node agent holds it: a child process and this end of their socket pair."""

import asyncio
import signal
import socket
import subprocess
import sys
from typing import Final

import psutil

from dataplane.node.messages import FromWorker, ToWorker, receive_answer, send

EXIT_SECONDS: Final = 5.0  # for a worker that has closed its end


class Process:
    def __init__(
        self,
        number: int,
        child: "subprocess.Popen[bytes]",
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
    ) -> None:
        self.number = number
        self.pid = child.pid
        self.sequence = 0  # of the last load that it serves; 0: none yet
        self.connections = 0
        self.held_bytes = 0  # of bodies and answers that wait
        self.told = 0  # the number of the last telling that came from it
        self.answered = 0  # and of the last that was answered
        self._child = child
        self._reader = reader
        self._writer = writer

    @classmethod
    async def start(cls, number: int) -> "Process":
        ours, theirs = socket.socketpair()
        with theirs:
            child = _spawn(theirs.fileno())
        reader, writer = await asyncio.open_unix_connection(sock=ours)
        return cls(number, child, reader, writer)

    @property
    def memory(self) -> int:
        """Bytes of resident memory; 0: it has just ended."""
        try:
            return int(psutil.Process(self.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def send(self, message: ToWorker) -> None:
        if not self._writer.is_closing():
            send(self._writer, message)

    async def receive(self) -> FromWorker | None:
        """None: it has gone."""
        return await receive_answer(self._reader)

    def kill(self) -> None:
        self._child.kill()

    async def ended(self) -> str:
        """How it ended, after it has gone."""
        self._writer.close()
        try:
            status = await asyncio.to_thread(self._child.wait, EXIT_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            status = await asyncio.to_thread(self._child.wait)
        if status < 0:
            return f"was killed by {signal.Signals(-status).name}"
        return f"ended with exit code {status}"


def _spawn(descriptor: int) -> "subprocess.Popen[bytes]":
    """A fresh interpreter that inherits nothing but standard output, standard error and its end of the pair."""
    return subprocess.Popen(  # noqa: S603  # this very interpreter and a module of ours
        [sys.executable, "-m", "dataplane.node.worker", str(descriptor)],
        stdin=subprocess.DEVNULL,
        pass_fds=(descriptor,),
        process_group=0,  # a terminal's Ctrl-C is for the agent, which then drains its workers
    )
