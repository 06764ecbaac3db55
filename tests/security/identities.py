"""Ways to write a From header, honest and not, each with the mailbox that it really names."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

VICTIMS = ("ana@fleur.example", "flora@fleur.example", "hello@fleur.example")
SENDERS = ("eve@evil.example", "x.y+z@mail.evil.example", "o'neil@evil.example")


@dataclass(frozen=True)
class Case:
    """A header, the mailbox it names, and whom it wants to be taken for. `sure`: the mailbox must be found exactly."""

    header: bytes
    real: str
    victim: str
    sure: bool


def _word(text: str, kind: str = "q") -> str:
    if kind == "b":
        return f"=?utf-8?b?{base64.b64encode(text.encode()).decode()}?="
    return "=?utf-8?q?" + "".join(f"={byte:02X}" for byte in text.encode()) + "?="


# Headers that plainly name the sender, whatever else they say.
PLAIN = (
    "{real}",
    "<{real}>",
    "Eve <{real}>",
    '"Eve E." <{real}>',
    "{real} (Eve)",
    '"{victim}" <{real}>',
    '"{victim} via Desk" <{real}>',
    '"<{victim}>" <{real}>',
    '"\\"{victim}\\"" <{real}>',
    "Eve ({victim}) <{real}>",
    "{q:victim} <{real}>",
    "{b:victim} <{real}>",
    "{q:<victim>} <{real}>",
    '{b:"victim"} <{real}>',
    "{q:victim,} <{real}>",
    "Eve\r\n <{real}>",
    "\t{real}\t",
    "Eve, Esq. <{real}>",
    "O'Neil, =?utf-8?q?Sin=C3=A9ad?= <{real}>",
)
# Headers that may be refused or doubted, but never be taken for the victim's.
CROOKED = (
    "{victim} <{real}>",
    "<{victim}> <{real}>",
    "{real}, {victim}",
    "{victim}, {real}",
    "Team: {real}, {victim};",
    "Team: {victim};",
    "{victim};{real}",
    '"{victim}"@evil.example',
    '"{victim} "@evil.example',
    "{victim}@evil.example",
    "{victim}.evil.example",
    "<{victim}@evil.example>",
    "{real} <{victim}",
    "{victim}> <{real}>",
    "{victim}({real}) <{real}>",
    "{victim}\r\n\t<{real}>",
    "=?utf-8?q?{victim}?=",
    "{q:victim}",
    "<{q:victim}>",
    "{b:victim}@evil.example",
    "\u200b{victim}, <{real}>",
    "{victim}\x00@evil.example",
    "{victim}\x00 <{real}>",
    "<@evil.example:{real}>",
    "undisclosed-recipients:;, {real}",
    '"a\\" <{victim}>" <{real}>',
    "(nested (comment) {victim}) {real}",
    "({victim} <{real}>",
    "Eve, {q:victim} <{real}>",
    "{q:victim}, Eve <{real}>",
    "Eve, {b:<victim>} <{real}>",
    "Eve, {victim} <{real}>",
    "Eve, <{victim}>, <{real}>",
    "<{real}>, Eve",
)


def crooked() -> Iterator[Case]:
    """Every form with every pair of addresses, and addresses that only look like the victim's."""
    for victim in VICTIMS:
        for real in SENDERS:
            for forms, sure in ((PLAIN, True), (CROOKED, False)):
                yield from (Case(_filled(form, real, victim), real, victim, sure) for form in forms)
        for double in look_alikes(victim):
            yield Case(double.encode(), double, victim, sure=False)
            yield Case(f"{victim} <{double}>".encode(), double, victim, sure=False)


def look_alikes(victim: str) -> list[str]:
    """Addresses that are another mailbox, though people, or normalisation, may take them for the victim's."""
    local, _, domain = victim.partition("@")
    doubles = [
        victim.replace("a", "\u0430"),
        victim.replace("e", "\u0435"),
        f"{local}\uff20{domain}",
        f"{local}@{domain.replace('fl', chr(0xFB02))}",
        f"{local}@{domain.replace('.', chr(0x3002))}",
        f"{local}@{domain}.co",
        f"{local}@sub.{domain}",
        f"{local}@xn--fleur-example.evil",
        f"{local}\u200b@{domain}",
        f"{local}@[127.0.0.1]",
        f"{local}@{domain}\u202e",
    ]
    return [double for double in doubles if double != victim]


def _filled(form: str, real: str, victim: str) -> bytes:
    for kind in ("q", "b"):
        for inner in ("victim", "<victim>", '"victim"', "victim,"):
            form = form.replace(f"{{{kind}:{inner}}}", _word(inner.replace("victim", victim), kind))
    return form.replace("{real}", real).replace("{victim}", victim).encode()
