"""A small honest SMTP server that can be made dishonest at every step (scripting.py)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.servers.scripting import Gone, ScriptedServer, Wire


@dataclass
class Taken:
    """A message the server answered for, or would have, had no fault struck: `acknowledged` says which."""

    sender: str
    recipients: list[str]
    content: bytes
    acknowledged: bool = False


@dataclass
class ScriptedSmtp(ScriptedServer):
    """Takes every message. `extensions` is what EHLO offers."""

    extensions: list[bytes] = field(default_factory=lambda: [b"SIZE 50000000", b"8BITMIME", b"STARTTLS", b"AUTH PLAIN"])
    taken: list[Taken] = field(default_factory=list)

    def serve(self, wire: Wire) -> None:
        """One session, from the greeting to QUIT."""
        if self.script is not None:
            self.script(wire)
            return
        wire.command = "GREETING"
        wire.send(b"220 scripted.example ESMTP")
        envelope = Taken("", [], b"")
        while True:
            line = wire.receive()
            word, _, argument = line.partition(b" ")
            wire.command = word.decode("ascii", "replace").upper()
            envelope = self._answer(wire, argument, envelope)

    def _answer(self, wire: Wire, argument: bytes, envelope: Taken) -> Taken:
        match wire.command:
            case "EHLO":
                lines = [b"scripted.example", *self.extensions]
                last = len(lines) - 1
                wire.send(b"\r\n".join(b"250%b%b" % (b" " if i == last else b"-", x) for i, x in enumerate(lines)))
            case "STARTTLS":
                wire.send(b"220 go ahead")
                wire.start_tls()
            case "AUTH":
                self._authenticate(wire, argument)
            case "MAIL":
                envelope = Taken(_address(argument), [], b"")
                wire.send(b"250 2.1.0 sender ok")
            case "RCPT":
                if wire.send(b"250 2.1.5 recipient ok").startswith(b"250"):
                    envelope.recipients.append(_address(argument))
            case "DATA":
                self._take(wire, envelope)
                envelope = Taken("", [], b"")
            case "HELO" | "RSET" | "NOOP":
                wire.send(b"250 ok")
            case "QUIT":
                wire.send(b"221 bye")
                raise Gone
            case _:
                wire.send(b"502 5.5.1 unknown command")
        return envelope

    def _authenticate(self, wire: Wire, argument: bytes) -> None:
        if b" " not in argument:
            wire.send(b"334 ")
            wire.receive()
        wire.send(b"235 2.7.0 welcome")

    def _take(self, wire: Wire, envelope: Taken) -> None:
        if not wire.send(b"354 end with a dot").startswith(b"354"):
            return
        lines = []
        while (line := wire.receive()) != b".":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        envelope.content = b"".join(line + b"\r\n" for line in lines)
        self.taken.append(envelope)
        # The bytes are here; a fault at BODY loses only the answer: the sender cannot know.
        wire.command = "BODY"
        envelope.acknowledged = wire.send(b"250 2.0.0 queued").startswith(b"250")


def _address(argument: bytes) -> str:
    return argument.decode("utf-8", "replace").partition("<")[2].partition(">")[0]
