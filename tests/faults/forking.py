"""One order a line, carried out in a fork of a process that has Django ready: a fork that is killed costs no new start."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from tests.servers.commands import CHECKOUT
from tests.servers.product import Product

Answer = dict[str, Any]


def serve(carry_out: Callable[[dict[str, Any]], Answer], *, ready: Answer) -> None:
    """Print `ready`, then read orders from standard input and print one answer a line, JSON all: what `carry_out`
    returned, or `killed`."""
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        print(json.dumps(_in_a_fork(carry_out, json.loads(line))), flush=True)


def _in_a_fork(carry_out: Callable[[dict[str, Any]], Answer], order: dict[str, Any]) -> Answer:
    source, sink = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(source)
        try:
            with os.fdopen(sink, "w") as answer:
                json.dump(carry_out(order), answer)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(sink)
    with os.fdopen(source) as answer:
        told = answer.read()
    os.waitpid(pid, 0)
    return json.loads(told) if told else {"killed": True}


class Forker:
    """Such a process beside a product, which `module` makes by calling `serve`."""

    def __init__(self, module: str, product: Product) -> None:
        environment = {**product.environment, "DJANGO_SETTINGS_MODULE": "rapport.config.settings"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=CHECKOUT, env=environment, text=True,
        )  # fmt: skip
        self._answer()

    def ask(self, order: dict[str, Any]) -> Answer:
        """Let one order be carried out."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(timeout=20)

    def _answer(self) -> Answer:
        assert self.process.stdout is not None
        return dict(json.loads(self.process.stdout.readline()))
