"""The base of servers that misbehave on purpose: at any step they can drop the line, tear a reply, hang or lie.

A step is one reply of the server, counted over all connections since `rewind()`. So a test learns how many steps an
exchange has, then breaks each of them in turn:

    server.at_step(3, Drop())              # the third reply is never sent
    server.at("FETCH", Drop(after=100))    # a hundred bytes of the next answer to FETCH, then the line is dead
    server.at("DATA", Say(b"451 later"))   # a lie instead of the truth
"""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from tests.servers.certificates import Certificates, trusted
from tests.servers.ports import LOOPBACK, free_port, wait_until

LINE_LIMIT = 1_000_000


class Gone(Exception):
    """The client is away, or a fault ended the connection."""


@dataclass(frozen=True)
class Drop:
    """Close, after that many bytes of the reply; `reset` sends RST, as a machine that lost power and came back."""

    after: int = 0
    reset: bool = False


@dataclass(frozen=True)
class Hang:
    """Send that many bytes of the reply and then nothing, until the client goes or the server stops."""

    after: int = 0


@dataclass(frozen=True)
class Say:
    """Send these bytes instead of the reply (a line break is added)."""

    reply: bytes


Act = Drop | Hang | Say


@dataclass
class Fault:
    """When an act happens: at a step, or at a command's next reply; `times` None means always."""

    act: Act
    step: int | None = None
    command: str = ""
    times: int | None = 1

    def applies(self, step: int, command: str) -> bool:
        return self.step == step if self.step is not None else self.command == command


@dataclass(frozen=True)
class Entry:
    """One line of the ledger."""

    connection: int
    side: str
    text: str


@dataclass
class ScriptedServer:
    """A line server in threads. Subclasses implement `serve`; or give a `script` that drives the wire itself."""

    script: Callable[[Wire], None] | None = None
    implicit_tls: bool = False
    certificates: Certificates = field(default_factory=trusted)
    host: str = LOOPBACK
    port: int = field(default_factory=free_port)
    ledger: list[Entry] = field(default_factory=list)
    steps: int = 0
    connections: int = 0

    def __post_init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.RLock()
        self._listener: socket.socket | None = None
        self._open: set[socket.socket] = set()
        self.stopping = threading.Event()

    def start(self) -> ScriptedServer:
        """Listen; the port stays the same over stop and start."""
        self.stopping.clear()
        self._listener = socket.create_server((self.host, self.port))
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True, name="scripted server").start()
        return self

    def stop(self) -> None:
        """Close the listener and every connection; safe to call twice."""
        self.stopping.set()
        if self._listener is not None:
            # close() alone leaves a thread in accept() and the port open until its next client.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        self.drop_all()

    def drop_all(self) -> None:
        """Every client loses its line, as when a router restarts."""
        with self._lock:
            for connection in list(self._open):
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: not self._open, what="connections ending")

    def at_step(self, step: int, act: Act) -> None:
        """At the step-th reply from now on (the first is 1), do this instead."""
        with self._lock:
            self._faults.append(Fault(act, step=self.steps + step))

    def at(self, command: str, act: Act, *, times: int | None = 1) -> None:
        """At the next replies to this command, do this instead."""
        with self._lock:
            self._faults.append(Fault(act, command=command.upper(), times=times))

    def faults_left(self) -> int:
        """How many faults have not struck yet."""
        with self._lock:
            return len(self._faults)

    def rewind(self) -> None:
        """Forget faults, steps and ledger."""
        with self._lock:
            self._faults.clear()
            self.ledger.clear()
            self.steps = 0

    def serve(self, wire: Wire) -> None:
        """Speak with one client until it goes."""
        if self.script is None:
            raise NotImplementedError("give a script, or implement serve()")
        self.script(wire)

    def said(self, side: str = "client") -> list[str]:
        """What one side has said, in order."""
        return [entry.text for entry in self.ledger if entry.side == side]

    def _next_act(self, command: str) -> Act | None:
        with self._lock:
            self.steps += 1
            for fault in self._faults:
                if fault.applies(self.steps, command):
                    if fault.times is not None:
                        fault.times -= 1
                        if fault.times == 0:
                            self._faults.remove(fault)
                    return fault.act
        return None

    def _accept(self, listener: socket.socket) -> None:
        while not self.stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connections += 1
            threading.Thread(target=self._run, args=(connection, self.connections), daemon=True).start()

    def _run(self, connection: socket.socket, number: int) -> None:
        wire = Wire(self, connection, number)
        self._open.add(connection)
        try:
            if self.implicit_tls:
                wire.start_tls()
            self.serve(wire)
        except (Gone, OSError):
            pass
        finally:
            with suppress(OSError):
                wire.close()


class Wire:
    """One connection, seen from the server."""

    def __init__(self, server: ScriptedServer, connection: socket.socket, number: int) -> None:
        self.server = server
        self.socket: socket.socket = connection
        self.number = number
        self.command = ""
        self.tls = False
        self._buffer = b""

    def receive(self) -> bytes:
        """The next line without its break. Raises Gone."""
        while b"\n" not in self._buffer:
            if len(self._buffer) > LINE_LIMIT:
                raise Gone
            self._more()
        line, _, self._buffer = self._buffer.partition(b"\n")
        line = line.rstrip(b"\r")
        self._note("client", line)
        return line

    def receive_exactly(self, size: int) -> bytes:
        """That many bytes. Raises Gone."""
        while len(self._buffer) < size:
            self._more()
        data, self._buffer = self._buffer[:size], self._buffer[size:]
        return data

    def waiting(self, seconds: float) -> bool:
        """Whether the client says something within that time."""
        if self._buffer:
            return True
        self.socket.settimeout(seconds)
        try:
            self._more()
        except TimeoutError:
            return False
        finally:
            self.socket.settimeout(None)
        return True

    def send(self, reply: bytes) -> bytes:
        """One reply (a line break is added): a step, at which the server's faults may strike; what was said in the end.

        Raises Gone.
        """
        act = self.server._next_act(self.command)
        data = reply + b"\r\n"
        match act:
            case Say(reply=lie):
                data = lie + b"\r\n"
            case Drop(after=size, reset=reset):
                self._send_part(data, size)
                self.close(reset=reset)
                raise Gone
            case Hang(after=size):
                self._send_part(data, size)
                self.hang()
        self.send_raw(data)
        return data

    def send_raw(self, data: bytes) -> None:
        """Bytes as they are; no step."""
        self._note("server", data[:200].rstrip())
        self.socket.sendall(data)

    def hang(self) -> None:
        """Say nothing until the client goes or the server stops. Raises Gone."""
        while not self.server.stopping.is_set():
            if self.waiting(0.1):
                self._buffer = b""
        raise Gone

    def start_tls(self) -> None:
        """Speak TLS from here on."""
        plain = self.socket
        try:
            self.socket = self.server.certificates.server_context().wrap_socket(plain, server_side=True)
        except ssl.SSLError as error:
            raise Gone from error
        self.server._open.discard(plain)
        self.server._open.add(self.socket)
        self.tls = True
        self._buffer = b""

    def close(self, *, reset: bool = False) -> None:
        """End the connection; `reset` with RST instead of FIN."""
        if reset:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server._open.discard(self.socket)
        self.socket.close()

    def _send_part(self, data: bytes, size: int) -> None:
        if size:
            self.send_raw(data[:size])

    def _more(self) -> None:
        data = self.socket.recv(65536)
        if not data:
            raise Gone
        self._buffer += data

    def _note(self, side: str, text: bytes) -> None:
        shown = text.decode("utf-8", "replace")
        if side == "client" and ("LOGIN " in shown.upper() or shown.upper().startswith("AUTH ")):
            shown = " ".join(shown.split(" ")[:2]) + " ***"
        self.server.ledger.append(Entry(self.number, side, shown))
