"""A line between a browser and the product, or between the product and a service, that breaks where a test says.

It passes one HTTP request on to `target` and its answer back; two steps can be struck (scripting.py):

    proxy.at("REQUEST", Drop(after=100))   # a hundred bytes of the next request arrive, then both lines are dead
    proxy.at("POST", Drop())               # the next POST is done, its answer is lost
    proxy.at("GET", Hang(after=500))       # half an answer, then silence
    proxy.at("POST", Say(b"HTTP/1.1 502 Bad Gateway\\r\\nContent-Length: 0\\r\\n"))   # done, and denied by the proxy
"""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tests.servers.ports import LOOPBACK
from tests.servers.scripting import Act, Drop, Gone, Hang, Say, ScriptedServer, Wire


@dataclass
class Passed:
    """One request: its first line, and how many bytes of its answer came back to who asked; `whole` all of them."""

    line: str
    given: int = 0
    whole: bool = False


@dataclass
class FaultProxy(ScriptedServer):
    """One request on each connection, so that an answer's end is the line's."""

    target: int = 0
    passed: list[Passed] = field(default_factory=list)

    def serve(self, wire: Wire) -> None:
        """One request and its answer."""
        request = _request(wire)
        noted = Passed(request.partition(b"\r\n")[0].decode("latin1"))
        self.passed.append(noted)
        with self._upstream() as upstream:
            match self._next_act("REQUEST"):
                case Drop(after=size, reset=reset):
                    upstream.sendall(request[:size])
                    wire.close(reset=reset)
                    raise Gone
                case Hang(after=size):
                    upstream.sendall(request[:size])
                    wire.hang()
            upstream.sendall(request)
            self._give(wire, upstream, noted, self._next_act(noted.line.partition(" ")[0]))
        raise Gone

    @contextmanager
    def _upstream(self) -> Iterator[socket.socket]:
        """The line to the target; `drop_all` ends it with the other one."""
        with socket.create_connection((LOOPBACK, self.target)) as upstream:
            self._open.add(upstream)
            try:
                yield upstream
            finally:
                self._open.discard(upstream)

    def _give(self, wire: Wire, upstream: socket.socket, noted: Passed, act: Act | None) -> None:
        """The answer as it comes. It has begun before an act strikes: what was asked for is done by then."""
        most = act.after if isinstance(act, Drop | Hang) else None
        while data := upstream.recv(65536):
            if isinstance(act, Say):
                wire.send_raw(act.reply + b"\r\n")
                return
            part = data if most is None else data[: most - noted.given]
            if part:
                wire.socket.sendall(part)
                noted.given += len(part)
            if isinstance(act, Drop) and noted.given >= act.after:
                wire.close(reset=act.reset)
                return
            if isinstance(act, Hang) and noted.given >= act.after:
                wire.hang()
        noted.whole = True


def _request(wire: Wire) -> bytes:
    """Head and body as they came, but asking for the connection's end. Raises Gone."""
    lines = []
    while line := wire.receive():
        if not re.match(rb"connection\s*:", line, re.IGNORECASE):
            lines.append(line)
    length = next((int(line.split(b":")[1]) for line in lines if line.lower().startswith(b"content-length:")), 0)
    head = b"\r\n".join([*lines, b"Connection: close", b"", b""])
    return head + wire.receive_exactly(length)
